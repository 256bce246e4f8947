using Soc.Iommu.Caches;

namespace Soc.Iommu;

/// <content>Device directory, process directory and MSI page tables (sections 3, 4 and 6).</content>
public sealed partial class RiscvIommu
{
    private const ulong DirectoryEntryReserved = ~(PageNumberBits | 1);

    private bool IsTooWide(uint deviceId)
    {
        int lowest = _capabilities.MsiFlat ? 6 : 7;
        int bits = Mode switch { 2 => lowest, 3 => lowest + 9, _ => 24 };
        return deviceId >> bits != 0;
    }

    /// <summary>Finds the device context of a request; null when the journey has failed.</summary>
    private DeviceContext? FindDevice(ref Journey journey)
    {
        uint device = journey.Request.DeviceId;
        if (_devices.Candidate(device) is { } cached && cached.DeviceId == device)
        {
            return cached;
        }

        bool extended = _capabilities.MsiFlat;
        int lowest = extended ? 6 : 7;
        ulong table = (_ddtp.Value & PageNumberBits) << 2;
        Span<ulong> entry = stackalloc ulong[1];
        for (int level = Mode - 2; level > 0; level--)
        {
            ulong index = (device >> (lowest + (9 * (level - 1)))) & 0x1FF;
            if (!TryReadDirectory(ref journey, table + (8 * index), entry))
            {
                return null;
            }

            if ((entry[0] & DirectoryEntryReserved) != 0)
            {
                journey.Fail(IommuFaultCause.DirectoryEntryMisconfigured);
                return null;
            }

            table = (entry[0] & PageNumberBits) << 2;
        }

        Span<ulong> words = stackalloc ulong[8];
        words = words[..(extended ? 8 : 4)];
        ulong place = device & ((1U << lowest) - 1);
        if (!TryReadDirectory(ref journey, table + (place * (ulong)(8 * words.Length)), words))
        {
            return null;
        }

        if (DeviceContext.Decode(device, words, _configuration, (uint)_fctl.Value) is not { } found)
        {
            journey.Fail(IommuFaultCause.DirectoryEntryMisconfigured);
            return null;
        }

        if (journey.Epoch == Epoch)
        {
            _devices.Fill(device, found);
        }

        return found;
    }

    private bool TryReadDirectory(ref Journey journey, ulong address, Span<ulong> words)
    {
        CountFor(EventDeviceWalk, journey);
        return Read(ref journey, address, words, BigEndian) switch
        {
            IommuBusResult.Refused => journey.Fail(IommuFaultCause.DirectoryAccessFault),
            IommuBusResult.Poisoned => journey.Fail(IommuFaultCause.DirectoryCorruption),
            _ => (words[0] & 1) != 0 || journey.Fail(IommuFaultCause.DirectoryEntryNotValid),
        };
    }

    /// <summary>Finds the process context of a journey; null when it has failed.</summary>
    private ProcessContext? FindProcess(ref Journey journey, DeviceContext device)
    {
        uint process = journey.Process;
        ulong key = ((ulong)device.DeviceId << 20) | process;
        if (_processes.Candidate(key) is { } cached && cached.DeviceId == device.DeviceId && cached.ProcessId == process)
        {
            return cached;
        }

        ulong table = device.FscPageNumber << 12;
        Span<ulong> entry = stackalloc ulong[1];
        for (int level = device.DirectoryLevels - 1; level > 0; level--)
        {
            ulong index = level == 2 ? process >> 17 : (process >> 8) & 0x1FF;
            if (!TryReadProcessDirectory(ref journey, device, table + (8 * index), entry))
            {
                return null;
            }

            if ((entry[0] & DirectoryEntryReserved) != 0)
            {
                journey.Fail(IommuFaultCause.ProcessEntryMisconfigured);
                return null;
            }

            table = (entry[0] & PageNumberBits) << 2;
        }

        Span<ulong> words = stackalloc ulong[2];
        if (!TryReadProcessDirectory(ref journey, device, table + (16 * (ulong)(process & 0xFF)), words))
        {
            return null;
        }

        if (ProcessContext.Decode(device, process, words[0], words[1], _capabilities) is not { } found)
        {
            journey.Fail(IommuFaultCause.ProcessEntryMisconfigured);
            return null;
        }

        if (journey.Epoch == Epoch)
        {
            _processes.Fill(key, found);
        }

        return found;
    }

    /// <summary>Reads an entry of a process directory, whose address is a guest physical one when a second stage is active (section 4).</summary>
    private bool TryReadProcessDirectory(ref Journey journey, DeviceContext device, ulong guest, Span<ulong> words)
    {
        StageResult reached = WalkSecondStage(ref journey, device, guest, read: true, write: false, execute: false, strict: true, out Leaf leaf);
        if (reached != StageResult.Ok)
        {
            return reached switch
            {
                StageResult.PageFault => journey.FailGuestPage(guest, isImplicit: true, isWrite: false),
                StageResult.AccessFault => journey.Fail(IommuFaultCause.ProcessEntryAccessFault),
                _ => journey.Fail(IommuFaultCause.ProcessDirectoryCorruption),
            };
        }

        CountFor(EventProcessWalk, journey);
        return Read(ref journey, leaf.Address, words, device.BigEndian) switch
        {
            IommuBusResult.Refused => journey.Fail(IommuFaultCause.ProcessEntryAccessFault),
            IommuBusResult.Poisoned => journey.Fail(IommuFaultCause.ProcessDirectoryCorruption),
            _ => (words[0] & 1) != 0 || journey.Fail(IommuFaultCause.ProcessEntryNotValid),
        };
    }

    /// <summary>Finds the MSI PTE of a virtual interrupt file; null when the journey has failed (section 6).</summary>
    private MsiEntry? FindInterrupt(ref Journey journey, DeviceContext device, ulong guest)
    {
        ulong page = guest >> 12;
        ulong location = device.MsiTable | (Extract(page, device.MsiMask) << 4);
        MsiEntry? found = _interrupts.Candidate(location);
        if (found is null || found.Location != location || found.Gscid != device.Gscid || found.GuestPage != page)
        {
            found = ReadInterrupt(ref journey, device, location, page);
        }

        if (found is not null && journey.Execute && journey.Strict)
        {
            journey.Fail(IommuFaultCause.InstructionAccessFault);
            return null;
        }

        return found;
    }

    private MsiEntry? ReadInterrupt(ref Journey journey, DeviceContext device, ulong location, ulong page)
    {
        Span<ulong> words = stackalloc ulong[2];
        IommuBusResult read = Read(ref journey, location, words, BigEndian);
        IommuFaultCause cause = read switch
        {
            IommuBusResult.Refused => IommuFaultCause.MsiPteAccessFault,
            IommuBusResult.Poisoned => IommuFaultCause.MsiPteCorruption,
            _ when (words[0] & 1) == 0 => IommuFaultCause.MsiPteNotValid,
            _ when IsMisconfiguredInterrupt(words[0], words[1]) => IommuFaultCause.MsiPteMisconfigured,
            _ => IommuFaultCause.None,
        };
        if (cause != IommuFaultCause.None)
        {
            journey.Fail(cause);
            return null;
        }

        bool basic = (words[0] & 6) == 6;
        MrifTarget? mrif = null;
        if (!basic)
        {
            uint notice = (uint)(words[1] & 0x3FF) | ((uint)(words[1] >> 60 & 1) << 10);
            mrif = new MrifTarget((words[0] >> 7 & ((1UL << 47) - 1)) << 9, notice, (words[1] & PageNumberBits) << 2);
        }

        var found = new MsiEntry(location, device.Gscid, page, (words[0] & PageNumberBits) << 2, mrif);
        if (journey.Epoch == Epoch)
        {
            _interrupts.Fill(location, found);
        }

        return found;
    }

    /// <summary>C set (no custom format is implemented), a reserved mode, MRIF without the capability, or reserved bits.</summary>
    private bool IsMisconfiguredInterrupt(ulong word0, ulong word1) => (word0 >> 63, word0 >> 1 & 3) switch
    {
        (0, 3) => (word0 & 0x7FC0_0000_0000_03F8) != 0,
        (0, 1) => !_capabilities.MsiMrif || (word0 & 0x7FC0_0000_0000_0078) != 0 || (word1 & 0xEFC0_0000_0000_0000) != 0,
        _ => true,
    };

    /// <summary>Packs the bits of a value that a mask selects to the right, in order.</summary>
    private static ulong Extract(ulong value, ulong mask)
    {
        ulong packed = 0;
        for (int to = 0; mask != 0; to++, mask &= mask - 1)
        {
            ulong lowest = mask & (0 - mask);
            packed |= (value & lowest) != 0 ? 1UL << to : 0;
        }

        return packed;
    }

    private IommuBusResult Read(ref Journey journey, ulong address, Span<ulong> words, bool bigEndian)
    {
        journey.Reads++;
        _readsCount++;
        return ReadRecord(address, words, bigEndian);
    }
}
