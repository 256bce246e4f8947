using Soc.Memory;

namespace Soc.Checkers.Tests.WorldGuard;

/// <summary>Section 4 of worldguard.md read aloud, slot by slot, on the values that software reads back.</summary>
internal sealed class WorldGuardOracle
{
    private readonly (UInt128 Address, ulong Permissions, ulong Configuration)[] _slots;
    private readonly bool _fullSpace;

    public WorldGuardOracle(WorldGuardBench bench, int slots, bool fullSpace)
    {
        _slots = [.. Enumerable.Range(0, slots + 1).Select(slot => ((UInt128)bench.Addr(slot), bench.Perm(slot), bench.Cfg(slot)))];
        _fullSpace = fullSpace;
    }

    public (bool Permitted, bool BusError, bool Interrupt) Judge(ulong address, int world, bool store)
    {
        bool permitted = false;
        bool matched = false;
        bool busError = false;
        bool interrupt = false;
        for (int slot = 1; slot < _slots.Length; slot++)
        {
            ulong configuration = _slots[slot].Configuration;
            if ((configuration & 3) == 0)
            {
                continue;
            }

            UInt128 low = (configuration & 3) == 1 ? End(slot - 1) : Napot(slot).Low;
            UInt128 high = (configuration & 3) == 1 ? (_fullSpace && slot == _slots.Length - 1 ? UInt128.One << 64 : _slots[slot].Address << 2) : Napot(slot).High;
            if (address >= low && address < high)
            {
                matched = true;
                permitted |= ((_slots[slot].Permissions >> ((2 * world) + (store ? 1 : 0))) & 1) != 0;
                busError |= ((configuration >> (store ? 9 : 8)) & 1) != 0;
                interrupt |= ((configuration >> (store ? 11 : 10)) & 1) != 0;
            }
        }

        if (permitted)
        {
            return (true, false, false);
        }

        ulong none = _slots[0].Configuration;
        return matched ? (false, busError, interrupt) : (false, ((none >> (store ? 9 : 8)) & 1) != 0, ((none >> (store ? 11 : 10)) & 1) != 0);
    }

    private UInt128 End(int slot) => (_slots[slot].Configuration & 3) == 3 ? Napot(slot).High : _slots[slot].Address << 2;

    private (UInt128 Low, UInt128 High) Napot(int slot)
    {
        UInt128 x = (_slots[slot].Address << 2) | 3;
        return (x & (x + 1), (x | (x + 1)) + 1);
    }
}
