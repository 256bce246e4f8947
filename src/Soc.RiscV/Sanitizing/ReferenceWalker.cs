using Soc.Memory;
using Soc.RiscV.Mmu;
using Soc.Tlb;

namespace Soc.RiscV.Sanitizing;

/// <summary>
/// A page walk that leaves no trace: it costs no time, sets no bit and registers nowhere. Written apart from
/// <see cref="PageWalker"/>, so that each checks the other.
/// </summary>
internal sealed class ReferenceWalker(Hart hart)
{
    private readonly List<ReferenceStep> _path = [];

    /// <summary>Whether the last walk read an entry that is not plain memory: then nothing can be said.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>Walks for an address; null when it has no valid leaf.</summary>
    public ShadowTranslation? Walk(ulong virtualAddress, Action<nint> tableRead)
    {
        IsOpaque = false;
        _path.Clear();
        ulong satp = hart.State.Satp;
        if (PagingMode.Of((int)(satp >> 60)) is not { } paging)
        {
            IsOpaque = true;
            return null;
        }

        ulong sign = virtualAddress >> (paging.VirtualBits - 1);
        if (sign != 0 && sign != ulong.MaxValue >> (paging.VirtualBits - 1))
        {
            return null;
        }

        ulong frame = satp & ((1UL << 44) - 1);
        bool global = false;
        for (int shift = paging.VirtualBits - 9; shift >= 12; shift -= 9)
        {
            ulong address = (frame << 12) + (((virtualAddress >> shift) % 512) * 8);
            if (HostOf(address) is not { } host)
            {
                IsOpaque = true;
                return null;
            }

            tableRead(host);
            ulong entry = HostWord.Read(host);
            _path.Add(new ReferenceStep(address, host, entry));
            bool valid = (entry & 1) != 0 && PageWalker.IsWellFormed(hart, entry, (shift - 12) / 9, hart.PageMemoryTypes) && (entry & 6) != 4;
            if (!valid)
            {
                return null;
            }

            global |= (entry & 0x20) != 0;
            frame = (entry >> 10) & ((1UL << 44) - 1);
            if ((entry & 0xA) == 0)
            {
                continue;
            }

            if (entry >> 63 != 0)
            {
                shift = 16;
                frame &= ~0xFUL;
            }

            ulong within = (1UL << (shift - 12)) - 1;
            return (frame & within) != 0 ? null : new ShadowTranslation
            {
                Satp = satp,
                VirtualPage = (virtualAddress & (ulong.MaxValue >> (64 - paging.VirtualBits))) >> 12,
                Path = [.. _path],
                Log2Size = shift,
                PhysicalPage = (frame | ((virtualAddress >> 12) & within)) << 12,
                Global = global,
            };
        }

        return null;
    }

    private nint? HostOf(ulong address)
    {
        AccessResult result = TranslationChain.Resolve(
            hart.Space, address, 8, AccessKind.Load, hart.AttributesOf(PrivilegeMode.Supervisor), null, out ResolvedAccess at);
        return result == AccessResult.Ok && at.Length == 8 && at.Section.DirectMemory(AccessKind.Load) is { } memory
            ? HostWord.AddressOf(memory, at.Offset) : null;
    }
}
