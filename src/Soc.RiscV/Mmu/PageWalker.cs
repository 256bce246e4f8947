using System.Runtime.CompilerServices;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.RiscV.Mmu;

/// <summary>
/// Virtual to physical: page tables (privileged ISA, section 10.3.2) and physical memory protection. Page-table entries are
/// read and updated as accesses of S-mode, whatever mode started the walk (section 3.7.1, worldguard.md section 2.1).
/// </summary>
internal sealed partial class PageWalker(Hart hart) : IPageWalker
{
    private const ulong Valid = 1 << 0;
    private const ulong Readable = 1 << 1;
    private const ulong Writable = 1 << 2;
    private const ulong Executable = 1 << 3;
    private const ulong UserPage = 1 << 4;
    private const ulong Accessed = 1 << 6;
    private const ulong Dirty = 1 << 7;

    private const ulong Contiguous = 1UL << 63;
    private const ulong MemoryType = 3UL << 61;

    // Bits 63:54 belong to Svnapot, Svpbmt and future use; without those extensions they must be zero.
    private const ulong Reserved = ~((1UL << 54) - 1);
    private const ulong NapotMask = 0xFUL << 10;
    private const ulong Napot64KiB = 0x8UL << 10;
    private const ulong FrameMask = ((1UL << 44) - 1) << 10;
    private const int Restart = -1;

    // The page of tables read last at each level, when it is plain memory that S-mode may read as a whole, with no checker in front: then only
    // another view of the bus or another PMP changes where its entries are.
    private readonly TablePage[] _tables = new TablePage[5];
    private FlatView? _view;
    private int _protection;

    /// <inheritdoc/>
    public int Walk(ulong virtualAddress, int size, AccessKind kind, int context, out PageWalk walk)
    {
        PrivilegeMode mode = TlbContexts.ModeOf(context);
        walk = default;
        walk.PhysicalAddress = virtualAddress;
        walk.Granted = AccessKinds.All;
        walk.Log2Size = 12;
        walk.Attributes = hart.AttributesOf(mode);
        if (TlbContexts.IsGuest(context))
        {
            int fault = WalkBothStages(virtualAddress, kind, context, mode, ref walk);
            if (fault != 0)
            {
                return fault;
            }
        }
        else if (mode != PrivilegeMode.Machine && PagingMode.Of((int)(hart.State.Satp >> 60)) is { } paging)
        {
            int fault;
            do
            {
                fault = WalkTables(paging, virtualAddress, kind, context, mode, ref walk);
            }
            while (fault == Restart);
            if (fault != 0)
            {
                return fault;
            }
        }

        walk.Homogeneous = hart.Protection.TryKindsOfPage(walk.PhysicalAddress, mode, out AccessKinds kinds);
        if (!walk.Homogeneous)
        {
            kinds = hart.Protection.KindsOf(walk.PhysicalAddress, (ulong)size, mode);
        }

        if (TlbContexts.IsAsExecuted(context) && !kinds.Includes(AccessKind.Fetch))
        {
            // HLVX needs both rights of physical memory.
            kinds = AccessKinds.None;
        }

        walk.Granted &= kinds;
        return walk.Granted.Includes(kind) ? 0 : AccessFault(kind);
    }

    /// <summary>The access fault of a kind.</summary>
    public static int AccessFault(AccessKind kind) => kind switch
    {
        AccessKind.Load => TrapCause.LoadAccessFault,
        AccessKind.Store => TrapCause.StoreAccessFault,
        _ => TrapCause.InstructionAccessFault,
    };

    private static int PageFault(AccessKind kind) => kind switch
    {
        AccessKind.Load => TrapCause.LoadPageFault,
        AccessKind.Store => TrapCause.StorePageFault,
        _ => TrapCause.InstructionPageFault,
    };

    // Not inlined into its only caller: there its variables would not find registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int WalkTables(PagingMode paging, ulong virtualAddress, AccessKind kind, int context, PrivilegeMode mode, ref PageWalk walk)
    {
        int unused = 64 - paging.VirtualBits;
        if ((ulong)((long)(virtualAddress << unused) >> unused) != virtualAddress)
        {
            return PageFault(kind);
        }

        CheckTables();
        bool traced = hart.Tlb.TracesWalk;
        TablePage[] tables = _tables;
        ulong table = (hart.State.Satp & ((1UL << 44) - 1)) << 12;
        for (int level = paging.Levels - 1; level >= 0; level--)
        {
            int shift = 12 + (9 * level);
            ulong address = table + (((virtualAddress >> shift) & 0x1FF) << 3);
            ref TablePage page = ref tables[level];
            ulong entry;
            if (page.Address == table && page.Memory.Exists)
            {
                entry = page.Memory.ReadDoubleword(address);
            }
            else if (TryReadEntry(level, address, out ulong read))
            {
                entry = read;
            }
            else
            {
                return Traced(traced, level, kind, address, 0, AccessFault(kind));
            }

            walk.Reads++;
            if ((entry & Valid) == 0 || (entry & (Readable | Writable)) == Writable ||
                ((entry & Reserved) != 0 && !IsWellFormed(hart, entry, level, hart.PageMemoryTypes)))
            {
                return Traced(traced, level, kind, address, entry, PageFault(kind));
            }

            if ((entry & (Readable | Executable)) == 0)
            {
                if ((entry & (UserPage | Accessed | Dirty)) != 0)
                {
                    return Traced(traced, level, kind, address, entry, PageFault(kind));
                }

                Traced(traced, level, kind, address, entry, 0);
                table = (entry & FrameMask) << 2;
                continue;
            }

            ulong frame = (entry & FrameMask) << 2;
            if ((entry & Contiguous) != 0)
            {
                shift = 16;
                frame &= ~0xFFFFUL;
            }

            ulong offsetMask = (1UL << shift) - 1;
            if ((frame & offsetMask) != 0)
            {
                return Traced(traced, level, kind, address, entry, PageFault(kind));
            }

            AccessKinds granted = Rights(entry, context, mode);
            if (!granted.Includes(kind))
            {
                return Traced(traced, level, kind, address, entry, PageFault(kind));
            }

            ulong needed = kind == AccessKind.Store ? Accessed | Dirty : Accessed;
            if ((entry & needed) != needed)
            {
                if (!hart.HardwareAccessDirty)
                {
                    return Traced(traced, level, kind, address, entry, PageFault(kind));
                }

                int update = Update(address, entry, entry | needed, kind);
                if (update != 0)
                {
                    return update;
                }

                entry |= needed;
            }

            walk.Granted = (entry & Dirty) != 0 ? granted : granted & ~AccessKinds.Store;
            walk.PhysicalAddress = frame | (virtualAddress & offsetMask);
            walk.Log2Size = shift;
            return Traced(traced, level, kind, address, entry, 0);
        }

        return PageFault(kind);
    }

    /// <summary>Forgets where pages of tables are when the view of the bus or the PMP is another one.</summary>
    private void CheckTables()
    {
        FlatView view = hart.Space.View;
        if (!ReferenceEquals(view, _view) || _protection != hart.Protection.Generation)
        {
            Array.Clear(_tables);
            _view = view;
            _protection = hart.Protection.Generation;
        }
    }

    /// <summary>Tells whoever watches how a level of the walk ended.</summary>
    private int Traced(bool traced, int level, AccessKind kind, ulong address, ulong entry, int fault)
    {
        if (traced)
        {
            hart.Tlb.TraceWalkLevel(level, kind, address, entry, fault);
        }

        return fault;
    }

    /// <summary>Whether bits 63:54 of a valid entry have a meaning: memory types need PBMTE of the stage, and only leaves have them; contiguous ranges are leaves of 64 KiB.</summary>
    internal static bool IsWellFormed(Hart hart, ulong entry, int level, bool memoryTypes)
    {
        ulong reserved = entry & Reserved;
        if (reserved == 0)
        {
            return true;
        }

        bool leaf = (entry & (Readable | Executable)) != 0;
        if (leaf && memoryTypes && (reserved & MemoryType) != MemoryType)
        {
            reserved &= ~MemoryType;
        }

        if (leaf && level == 0 && hart.Has(Extensions.Svnapot) && (entry & NapotMask) == Napot64KiB)
        {
            reserved &= ~Contiguous;
        }

        return reserved == 0;
    }

    /// <summary>What a leaf entry grants in a context.</summary>
    internal static AccessKinds Rights(ulong entry, int context, PrivilegeMode mode)
    {
        // R, W, X sit in the order of AccessKinds.
        AccessKinds granted = (AccessKinds)((entry >> 1) & 7);
        if ((context & TlbContexts.ExecutableReadable) != 0 && (entry & Executable) != 0)
        {
            granted |= AccessKinds.Load;
        }

        if (mode == PrivilegeMode.User)
        {
            return (entry & UserPage) != 0 ? granted : AccessKinds.None;
        }

        if ((entry & UserPage) == 0)
        {
            return granted;
        }

        bool sum = (context & 3) == TlbContexts.SupervisorWithUserAccess;
        return sum ? granted & ~AccessKinds.Fetch : AccessKinds.None;
    }

    /// <summary>Reads an entry through the memory tree, and remembers where its page is.</summary>
    private bool TryReadEntry(int level, ulong address, out ulong entry)
    {
        if (!TryLoadEntry(address, out entry))
        {
            return false;
        }

        Remember(_view!, address, out _tables[level]);
        return true;
    }

    private void Remember(FlatView view, ulong address, out TablePage page)
    {
        page = default;
        ulong first = address & ~0xFFFUL;
        Section section = view.Find(address);
        if (section.DirectMemory(AccessKind.Load) is { } ram && first >= section.Start && (first | 0xFFF) <= section.Last && (section.OffsetOf(first) & 0xFFF) == 0 &&
            hart.Protection.TryKindsOfPage(address, PrivilegeMode.Supervisor, out AccessKinds kinds) && kinds.Includes(AccessKind.Load))
        {
            page = new TablePage(first, ram.Memory.PageAt(section.OffsetOf(first)));
        }
    }

    /// <summary>Sets A and D bits if the entry is still what was read (section 10.3.2, step 9).</summary>
    /// <returns>0, an exception cause, or <see cref="Restart"/> when another hart has changed the entry.</returns>
    private int Update(ulong address, ulong expected, ulong desired, AccessKind kind)
    {
        TransactionAttributes attributes = hart.AttributesOf(PrivilegeMode.Supervisor);
        if (!hart.Protection.KindsOf(address, 8, PrivilegeMode.Supervisor).Includes(AccessKind.Store))
        {
            return AccessFault(kind);
        }

        AccessResult result = TranslationChain.Resolve(hart.Space, address, 8, AccessKind.Store, attributes, hart.Tlb, out ResolvedAccess at);
        if (result == AccessResult.Ok && !at.Section.ReadOnly && at.Section.DirectMemory(AccessKind.Store) is { } ram)
        {
            return ram.Memory.CompareExchange(at.Offset, expected, desired) == expected ? 0 : Restart;
        }

        return hart.Space.Write(hart, address, 8, attributes, desired, hart.Tlb) == AccessResult.Ok ? 0 : AccessFault(kind);
    }

    /// <summary>Where a page of tables is: its address on the bus, and what answers there.</summary>
    private readonly record struct TablePage(ulong Address, GuestPage Memory);
}
