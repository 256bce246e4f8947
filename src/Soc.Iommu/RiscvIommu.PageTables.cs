using System.Buffers.Binary;
using Soc.Memory;

namespace Soc.Iommu;

/// <content>Page-table walks of both stages (section 5).</content>
public sealed partial class RiscvIommu
{
    private const ulong PteValid = 1 << 0;
    private const ulong PteRead = 1 << 1;
    private const ulong PteWrite = 1 << 2;
    private const ulong PteExecute = 1 << 3;
    private const ulong PteUser = 1 << 4;
    private const ulong PteGlobal = 1 << 5;
    private const ulong PteAccessed = 1 << 6;
    private const ulong PteDirty = 1 << 7;
    private const ulong PteMemoryType = 3UL << 61;
    private const ulong PteNapot = 1UL << 63;

    /// <summary>Walks the first stage; a failure is recorded in the journey.</summary>
    private bool WalkFirstStage(ref Journey journey, DeviceContext device, out Leaf leaf)
    {
        ulong iova = journey.Request.Iova;
        leaf = Leaf.Bare(iova);
        FirstStageMode mode = journey.First;
        if (mode.Levels == 0)
        {
            return true;
        }

        if (!IsCanonical(iova, mode))
        {
            return journey.FailPage();
        }

        int indexBits = mode.IsSv32 ? 10 : 9;
        int entrySize = mode.IsSv32 ? 4 : 8;
        while (true)
        {
            ulong table = mode.Root << 12;
            bool global = false;
            for (int level = mode.Levels - 1; ; level--)
            {
                ulong index = (iova >> (12 + (indexBits * level))) & ((1UL << indexBits) - 1);
                ulong guest = table + (index * (ulong)entrySize);
                if (!TryReachFirstStageEntry(ref journey, device, guest, write: false, out ulong address))
                {
                    return false;
                }

                CountFor(EventFirstStageWalk, journey);
                IommuBusResult read = ReadEntry(ref journey, address, entrySize, device.BigEndian, out ulong pte);
                if (read != IommuBusResult.Ok)
                {
                    return read == IommuBusResult.Poisoned ? journey.Fail(IommuFaultCause.PageTableCorruption) : journey.FailAccess();
                }

                if (IsMalformed(pte, level, mode.IsSv32))
                {
                    return journey.FailPage();
                }

                global |= (pte & PteGlobal) != 0;
                if ((pte & (PteRead | PteExecute)) == 0)
                {
                    if (level == 0 || IsBadPointer(pte, mode.IsSv32))
                    {
                        return journey.FailPage();
                    }

                    table = PageNumber(pte, mode.IsSv32) << 12;
                    continue;
                }

                if ((journey.Strict && !Permits(pte, journey.Read, journey.Write, journey.Execute)) ||
                    !PermitsPrivilege(pte, journey) || IsMisaligned(pte, level, indexBits, mode.IsSv32))
                {
                    return journey.FailPage();
                }

                bool needsDirty = journey.Write && (pte & PteWrite) != 0;
                ulong missing = Missing(pte, needsDirty);
                if (missing != 0)
                {
                    if (!device.FirstStageUpdates)
                    {
                        return journey.FailPage();
                    }

                    if (!TryReachFirstStageEntry(ref journey, device, guest, write: true, out address))
                    {
                        return false;
                    }

                    CountFor(EventFirstStageWalk, journey);
                    if (!TrySetBits(ref journey, address, entrySize, device.BigEndian, pte, missing, out IommuBusResult update))
                    {
                        if (update != IommuBusResult.Ok)
                        {
                            return update == IommuBusResult.Poisoned ? journey.Fail(IommuFaultCause.PageTableCorruption) : journey.FailAccess();
                        }

                        // Somebody changed the entry: walk again from the root (race R20).
                        break;
                    }

                    pte |= missing;
                }

                leaf = LeafOf(iova, pte, level, indexBits, mode.IsSv32);
                leaf.Global = global;
                return true;
            }
        }
    }

    /// <summary>The physical address of a first-stage entry: through the second stage when there is one.</summary>
    private bool TryReachFirstStageEntry(ref Journey journey, DeviceContext device, ulong guest, bool write, out ulong address)
    {
        address = guest;
        if (!device.HasSecondStage)
        {
            return true;
        }

        StageResult result = WalkSecondStage(ref journey, device, guest, read: !write, write, execute: false, strict: true, out Leaf leaf);
        address = leaf.Address;
        return result switch
        {
            StageResult.Ok => true,
            StageResult.PageFault => journey.FailGuestPage(guest, isImplicit: true, write),
            StageResult.AccessFault => journey.FailAccess(),
            _ => journey.Fail(IommuFaultCause.PageTableCorruption),
        };
    }

    /// <summary>Walks the second stage for an access of the device or one of the IOMMU itself; Bare gives the address back.</summary>
    private StageResult WalkSecondStage(
        ref Journey journey, DeviceContext device, ulong guest, bool read, bool write, bool execute, bool strict, out Leaf leaf)
    {
        leaf = Leaf.Bare(guest);
        if (!device.HasSecondStage)
        {
            return StageResult.Ok;
        }

        bool sv32 = device.SecondStageIsSv32;
        int levels = device.SecondStageLevels;
        int indexBits = sv32 ? 10 : 9;
        int entrySize = sv32 ? 4 : 8;
        int addressBits = 14 + (indexBits * levels);
        if (guest >> addressBits != 0 || (device.Sxl && guest >> 34 != 0))
        {
            return StageResult.PageFault;
        }

        while (true)
        {
            ulong table = device.SecondStageRoot << 12;
            for (int level = levels - 1; ; level--)
            {
                // The root has four times as many entries (section 5.1).
                int width = level == levels - 1 ? indexBits + 2 : indexBits;
                ulong index = (guest >> (12 + (indexBits * level))) & ((1UL << width) - 1);
                ulong address = table + (index * (ulong)entrySize);
                CountFor(EventSecondStageWalk, journey);
                IommuBusResult result = ReadEntry(ref journey, address, entrySize, BigEndian, out ulong pte);
                if (result != IommuBusResult.Ok)
                {
                    return result == IommuBusResult.Poisoned ? StageResult.Corrupted : StageResult.AccessFault;
                }

                if (IsMalformed(pte, level, sv32))
                {
                    return StageResult.PageFault;
                }

                if ((pte & (PteRead | PteExecute)) == 0)
                {
                    if (level == 0 || IsBadPointer(pte, sv32))
                    {
                        return StageResult.PageFault;
                    }

                    table = PageNumber(pte, sv32) << 12;
                    continue;
                }

                if ((strict && !Permits(pte, read, write, execute)) || (pte & PteUser) == 0 || IsMisaligned(pte, level, indexBits, sv32))
                {
                    return StageResult.PageFault;
                }

                ulong missing = Missing(pte, write && (pte & PteWrite) != 0);
                if (missing != 0)
                {
                    if (!device.SecondStageUpdates)
                    {
                        return StageResult.PageFault;
                    }

                    CountFor(EventSecondStageWalk, journey);
                    if (!TrySetBits(ref journey, address, entrySize, BigEndian, pte, missing, out IommuBusResult update))
                    {
                        if (update != IommuBusResult.Ok)
                        {
                            return update == IommuBusResult.Poisoned ? StageResult.Corrupted : StageResult.AccessFault;
                        }

                        break;
                    }

                    pte |= missing;
                }

                leaf = LeafOf(guest, pte, level, indexBits, sv32);
                return StageResult.Ok;
            }
        }
    }

    private static bool IsCanonical(ulong iova, in FirstStageMode mode)
    {
        int unused = 64 - mode.AddressBits;
        return mode.IsSv32 ? iova >> 32 == 0 : (ulong)((long)(iova << unused) >> unused) == iova;
    }

    private bool IsMalformed(ulong pte, int level, bool sv32)
    {
        if ((pte & PteValid) == 0 || (pte & (PteRead | PteWrite)) == PteWrite)
        {
            return true;
        }

        if (sv32)
        {
            return false;
        }

        ulong reserved = 0x07C0_0000_0000_0000 |
            (_capabilities.Svrsw60t59b ? 0 : 3UL << 59) |
            (_capabilities.Svpbmt ? 0 : PteMemoryType) |
            (level > 0 ? PteNapot : 0);
        return (pte & reserved) != 0 || (pte & PteMemoryType) == PteMemoryType;
    }

    private static bool IsBadPointer(ulong pte, bool sv32) =>
        (pte & (PteAccessed | PteDirty | PteUser)) != 0 || (!sv32 && (pte & PteMemoryType) != 0);

    private static bool Permits(ulong pte, bool read, bool write, bool execute) =>
        (!read || (pte & PteRead) != 0) && (!write || (pte & PteWrite) != 0) && (!execute || (pte & PteExecute) != 0);

    private static bool PermitsPrivilege(ulong pte, in Journey journey)
    {
        bool user = (pte & PteUser) != 0;
        return journey.Supervisor ? !user || (journey.First.UserAccess && !journey.Execute) : user;
    }

    private static bool IsMisaligned(ulong pte, int level, int indexBits, bool sv32)
    {
        ulong page = PageNumber(pte, sv32);
        return level > 0
            ? (page & ((1UL << (indexBits * level)) - 1)) != 0
            : !sv32 && (pte & PteNapot) != 0 && (page & 0xF) != 8;
    }

    private static ulong Missing(ulong pte, bool needsDirty) => (PteAccessed | (needsDirty ? PteDirty : 0)) & ~pte;

    private static ulong PageNumber(ulong pte, bool sv32) => sv32 ? pte >> 10 : (pte >> 10) & ((1UL << 44) - 1);

    private static Leaf LeafOf(ulong address, ulong pte, int level, int indexBits, bool sv32)
    {
        bool napot = !sv32 && (pte & PteNapot) != 0;
        int bits = napot ? 16 : 12 + (indexBits * level);
        ulong mask = (1UL << bits) - 1;
        AccessKinds granted = AccessKinds.None;
        granted |= (pte & PteRead) != 0 ? AccessKinds.Load : 0;
        granted |= (pte & PteWrite) != 0 ? AccessKinds.Store : 0;
        granted |= (pte & PteExecute) != 0 ? AccessKinds.Fetch : 0;
        return new Leaf
        {
            Address = ((PageNumber(pte, sv32) << 12) & ~mask) | (address & mask),
            Bits = bits,
            Granted = granted,
            User = (pte & PteUser) != 0,
            Global = (pte & PteGlobal) != 0,
            Dirty = (pte & PteDirty) != 0,
            MemoryType = sv32 ? 0 : (int)(pte >> 61) & 3,
        };
    }

    private IommuBusResult ReadEntry(ref Journey journey, ulong address, int size, bool bigEndian, out ulong entry)
    {
        journey.Reads++;
        _readsCount++;
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        IommuBusResult result = IsPhysical(address, size) ? _bus.Read(address, bytes[..size]) : IommuBusResult.Refused;
        entry = InOrder(BinaryPrimitives.ReadUInt64LittleEndian(bytes), size, bigEndian);
        return result;
    }

    /// <summary>Sets bits of an entry if it is still what was read; false when it changed (result Ok) or cannot be written.</summary>
    private bool TrySetBits(ref Journey journey, ulong address, int size, bool bigEndian, ulong expected, ulong bits, out IommuBusResult result)
    {
        journey.Reads++;
        ulong before = InOrder(expected, size, bigEndian);
        ulong after = InOrder(expected | bits, size, bigEndian);
        result = _bus.CompareExchange(address, size, before, after, out ulong found);
        return result == IommuBusResult.Ok && found == before;
    }

    private static ulong InOrder(ulong value, int size, bool bigEndian) =>
        !bigEndian ? value : size == 8 ? BinaryPrimitives.ReverseEndianness(value) : BinaryPrimitives.ReverseEndianness((uint)value);
}
