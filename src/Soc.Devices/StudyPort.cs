using System.Text;
using Soc.Memory;

namespace Soc.Devices;

/// <summary>
/// Where a guest marks what it wants to be measured: between BEGIN and END the simulator counts page walks, translates, slow
/// paths and device accesses that the marking initiator's accesses to a range of virtual addresses cost. The counts appear in the run's
/// summary and in <c>soc compare</c>. No hardware has this device; it takes no part in the guest's results.
/// </summary>
/// <remarks>
/// Registers are 8 bytes wide, write-only, and banked by initiator: nobody sees another's.
/// <code>
/// offset  name    meaning of a store
/// 0x00    NAME    appends up to eight characters (ASCII, first in the lowest byte, zero bytes left out) to the window's name
/// 0x08    FIRST   first virtual address that counts; 0 after reset
/// 0x10    LAST    last virtual address that counts; all ones after reset
/// 0x18    BEGIN   opens the window
/// 0x20    END     closes it; the value is the number of wrong results that the guest found in it. Clears the name
/// </code>
/// The rest of the block ignores stores; loads read 0; other widths are bus errors. A name ends after
/// <see cref="MaximumName"/> characters; what is not printable becomes '?'.
/// </remarks>
public sealed class StudyPort : IBusDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x1000;

    /// <summary>Longest name of a window, characters.</summary>
    public const int MaximumName = 64;

    private readonly Bank[] _banks;
    private readonly IStudySink _sink;

    /// <summary>Creates the port.</summary>
    /// <param name="initiators">Number of initiators; their numbers are below it.</param>
    /// <param name="sink">Who measures.</param>
    public StudyPort(int initiators, IStudySink sink)
    {
        _banks = [.. Enumerable.Range(0, initiators).Select(_ => new Bank())];
        _sink = sink;
    }

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        return access.Size == 8 ? AccessResult.Ok : AccessResult.Error;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size != 8)
        {
            return AccessResult.Error;
        }

        int initiator = access.Initiator.InitiatorId;
        if (initiator < 0 || initiator >= _banks.Length)
        {
            return AccessResult.Ok;
        }

        Bank bank = _banks[initiator];
        switch (access.Offset)
        {
            case 0x00:
                Append(bank.Name, value);
                break;
            case 0x08:
                bank.First = value;
                break;
            case 0x10:
                bank.Last = value;
                break;
            case 0x18:
                _sink.BeginStudy(bank.First, bank.Last, access);
                break;
            case 0x20:
                _sink.EndStudy(bank.Name.ToString(), value, access);
                bank.Name.Clear();
                break;
            default:
                break;
        }

        return AccessResult.Ok;
    }

    private static void Append(StringBuilder name, ulong characters)
    {
        for (; characters != 0; characters >>= 8)
        {
            char character = (char)(characters & 0xFF);
            if (character != 0 && name.Length < MaximumName)
            {
                name.Append(character is >= ' ' and <= '~' ? character : '?');
            }
        }
    }

    private sealed class Bank
    {
        public StringBuilder Name { get; } = new();

        public ulong First { get; set; }

        public ulong Last { get; set; } = ulong.MaxValue;
    }
}
