using Soc.Memory;
using Soc.Tlb;

namespace Soc.RiscV.Mmu;

/// <content>
/// Two stages of translation (privileged ISA, chapter "H", section "Two-Stage Address Translation"): guest virtual addresses by the tables of
/// vsatp, whose own addresses, and the result, are guest physical ones and go through the tables of hgatp.
/// </content>
internal sealed partial class PageWalker
{
    // Log2 of what a stage maps that is switched off.
    private const int Everything = 64;

    /// <summary>What the last guest page fault reports; valid after <see cref="Walk"/> returned one.</summary>
    public GuestFault GuestFault { get; private set; }

    private int WalkBothStages(ulong virtualAddress, AccessKind kind, int context, PrivilegeMode mode, ref PageWalk walk)
    {
        ulong guestPhysical = virtualAddress;
        AccessKinds first = AccessKinds.All;
        int firstSize = Everything;
        if (PagingMode.Of((int)(hart.State.Hypervisor.Vsatp >> 60)) is { } paging)
        {
            int fault;
            do
            {
                fault = WalkFirstStage(paging, virtualAddress, kind, context, mode, ref walk, out guestPhysical, out first, out firstSize);
            }
            while (fault == Restart);
            if (fault != 0)
            {
                return fault;
            }
        }

        int refused = WalkSecondStage(guestPhysical, kind, context, null, kind, ref walk, out ulong physical, out AccessKinds second, out int secondSize);
        if (refused != 0)
        {
            return refused;
        }

        walk.PhysicalAddress = physical;
        walk.Granted = first & second;
        int size = Math.Min(firstSize, secondSize);
        walk.Log2Size = size == Everything ? 12 : size;
        return 0;
    }

    private int WalkFirstStage(
        PagingMode paging, ulong virtualAddress, AccessKind kind, int context, PrivilegeMode mode, ref PageWalk walk,
        out ulong guestPhysical, out AccessKinds granted, out int size)
    {
        guestPhysical = 0;
        granted = AccessKinds.None;
        size = 0;
        int unused = 64 - paging.VirtualBits;
        if ((ulong)((long)(virtualAddress << unused) >> unused) != virtualAddress)
        {
            return PageFault(kind);
        }

        bool traced = hart.Tlb.TracesWalk;
        ulong table = (hart.State.Hypervisor.Vsatp & ((1UL << 44) - 1)) << 12;
        for (int level = paging.Levels - 1; level >= 0; level--)
        {
            ulong at = table + (((virtualAddress >> (12 + (9 * level))) & 0x1FF) << 3);
            int refused = WalkSecondStage(at, AccessKind.Load, context, AccessKind.Load, kind, ref walk, out ulong address, out _, out _);
            if (refused != 0)
            {
                return refused;
            }

            if (!TryLoadEntry(address, out ulong entry))
            {
                return Traced(traced, level, kind, address, 0, AccessFault(kind));
            }

            walk.Reads++;
            EntryKind found = Classify(entry, level, hart.GuestPageMemoryTypes);
            if (found == EntryKind.Bad)
            {
                return Traced(traced, level, kind, address, entry, PageFault(kind));
            }

            if (found == EntryKind.Pointer)
            {
                Traced(traced, level, kind, address, entry, 0);
                table = (entry & FrameMask) << 2;
                continue;
            }

            granted = Rights(AsSeen(entry, context), TlbContexts.FirstStageOf(context), mode);
            if (!TryMap(entry, level, virtualAddress, out guestPhysical, out size) || !granted.Includes(kind))
            {
                return Traced(traced, level, kind, address, entry, PageFault(kind));
            }

            ulong needed = kind == AccessKind.Store ? Accessed | Dirty : Accessed;
            if ((entry & needed) != needed)
            {
                if (!hart.GuestAccessDirty)
                {
                    return Traced(traced, level, kind, address, entry, PageFault(kind));
                }

                refused = WalkSecondStage(at, AccessKind.Store, context, AccessKind.Store, kind, ref walk, out address, out _, out _);
                refused = refused != 0 ? refused : Update(address, entry, entry | needed, kind);
                if (refused != 0)
                {
                    return refused;
                }

                entry |= needed;
            }

            granted = (entry & Dirty) != 0 ? granted : granted & ~AccessKinds.Store;
            return Traced(traced, level, kind, address, entry, 0);
        }

        return PageFault(kind);
    }

    /// <summary>Translates a guest physical address.</summary>
    /// <param name="guestPhysical">The address.</param>
    /// <param name="kind">What is done at it.</param>
    /// <param name="context">The context of the access.</param>
    /// <param name="implicitly">The kind, when the first stage does it to its tables.</param>
    /// <param name="cause">The kind of the access that a fault is one of.</param>
    /// <param name="walk">Counts the entries read.</param>
    /// <param name="physical">The physical address.</param>
    /// <param name="granted">What the leaf grants.</param>
    /// <param name="size">Log2 of what it maps.</param>
    private int WalkSecondStage(
        ulong guestPhysical, AccessKind kind, int context, AccessKind? implicitly, AccessKind cause, ref PageWalk walk,
        out ulong physical, out AccessKinds granted, out int size)
    {
        physical = guestPhysical;
        granted = AccessKinds.All;
        size = Everything;
        ulong hgatp = hart.State.Hypervisor.Hgatp;
        if (PagingMode.Of((int)(hgatp >> 60)) is not { } paging)
        {
            return 0;
        }

        int fault;
        do
        {
            fault = WalkGuestTables(paging, (hgatp & HypervisorStatus.RootMask) << 12, guestPhysical, kind, context, implicitly is not null, cause, ref walk, out physical, out granted, out size);
        }
        while (fault == Restart);
        if (fault == GuestPageFault(cause))
        {
            GuestFault = new GuestFault(guestPhysical, implicitly);
        }

        return fault;
    }

    private int WalkGuestTables(
        PagingMode paging, ulong table, ulong guestPhysical, AccessKind kind, int context, bool implicitly, AccessKind cause, ref PageWalk walk,
        out ulong physical, out AccessKinds granted, out int size)
    {
        physical = 0;
        granted = AccessKinds.None;
        size = 0;

        // The root is four pages, which adds two bits to what is translated.
        if (guestPhysical >> (paging.VirtualBits + 2) != 0)
        {
            return GuestPageFault(cause);
        }

        bool traced = hart.Tlb.TracesWalk;
        for (int level = paging.Levels - 1; level >= 0; level--)
        {
            ulong index = guestPhysical >> (12 + (9 * level));
            ulong address = table + ((level == paging.Levels - 1 ? index : index & 0x1FF) << 3);
            if (!TryLoadEntry(address, out ulong entry))
            {
                return Traced(traced, level, kind, address, 0, AccessFault(cause));
            }

            walk.Reads++;
            EntryKind found = Classify(entry, level, hart.PageMemoryTypes);
            if (found == EntryKind.Pointer)
            {
                Traced(traced, level, kind, address, entry, 0);
                table = (entry & FrameMask) << 2;
                continue;
            }

            // Every access of this stage is one of U-mode. HLVX and MXR are about the access itself, not about tables.
            granted = implicitly ? (AccessKinds)((entry >> 1) & 7)
                : Rights(AsSeen(entry, context), TlbContexts.HasMachineMxr(context) ? TlbContexts.ExecutableReadable : 0, PrivilegeMode.User);
            bool maps = TryMap(entry, level, guestPhysical, out physical, out size);
            if (found == EntryKind.Bad || (entry & UserPage) == 0 || !maps || !granted.Includes(kind))
            {
                return Traced(traced, level, kind, address, entry, GuestPageFault(cause));
            }

            ulong needed = kind == AccessKind.Store ? Accessed | Dirty : Accessed;
            if ((entry & needed) != needed)
            {
                if (!hart.HardwareAccessDirty)
                {
                    return Traced(traced, level, kind, address, entry, GuestPageFault(cause));
                }

                int update = Update(address, entry, entry | needed, cause);
                if (update != 0)
                {
                    return update;
                }

                entry |= needed;
            }

            granted = (entry & Dirty) != 0 ? granted : granted & ~AccessKinds.Store;
            return Traced(traced, level, kind, address, entry, 0);
        }

        return GuestPageFault(cause);
    }

    private static int GuestPageFault(AccessKind kind) => kind switch
    {
        AccessKind.Load => TrapCause.LoadGuestPageFault,
        AccessKind.Store => TrapCause.StoreGuestPageFault,
        _ => TrapCause.InstructionGuestPageFault,
    };

    /// <summary>An entry as an access of a context takes it: HLVX is a load to which the right to execute is the right to read.</summary>
    private static ulong AsSeen(ulong entry, int context) => !TlbContexts.IsAsExecuted(context) ? entry
        : (entry & ~(Readable | Writable | Executable)) | ((entry & Executable) != 0 ? Readable : 0);

    /// <summary>Where a leaf leads.</summary>
    /// <returns>False when the leaf of a large page is misaligned.</returns>
    private static bool TryMap(ulong entry, int level, ulong from, out ulong to, out int size)
    {
        ulong frame = (entry & FrameMask) << 2;
        size = 12 + (9 * level);
        if ((entry & Contiguous) != 0)
        {
            size = 16;
            frame &= ~0xFFFFUL;
        }

        ulong offset = (1UL << size) - 1;
        to = frame | (from & offset);
        return (frame & offset) == 0;
    }

    private EntryKind Classify(ulong entry, int level, bool memoryTypes) =>
        (entry & Valid) == 0 || (entry & (Readable | Writable)) == Writable || !IsWellFormed(hart, entry, level, memoryTypes) ? EntryKind.Bad
        : (entry & (Readable | Executable)) != 0 ? EntryKind.Leaf
        : (entry & (UserPage | Accessed | Dirty)) == 0 ? EntryKind.Pointer
        : EntryKind.Bad;

    private bool TryLoadEntry(ulong address, out ulong entry)
    {
        entry = 0;
        return hart.Protection.KindsOf(address, 8, PrivilegeMode.Supervisor).Includes(AccessKind.Load) &&
            hart.Space.Read(hart, address, 8, AccessKind.Load, hart.AttributesOf(PrivilegeMode.Supervisor), out entry, hart.Tlb) == AccessResult.Ok;
    }

    private enum EntryKind
    {
        Bad,
        Pointer,
        Leaf,
    }
}
