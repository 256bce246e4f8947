using System.Numerics;
using System.Runtime.CompilerServices;
using Soc.Iommu.Caches;
using Soc.Memory;

namespace Soc.Iommu;

/// <content>The translation process (section 7).</content>
public sealed partial class RiscvIommu
{
    /// <summary>Log2 of the block reported when both stages are Bare: any size would do (section 13.2).</summary>
    private const int BareBits = 30;

    /// <summary>Translates or refuses one request; faults are recorded as a side effect.</summary>
    public IommuResponse Translate(in IommuRequest request)
    {
        var journey = Journey.Of(request, Epoch);
        return Run(ref journey);
    }

    private IommuResponse Run(ref Journey journey)
    {
        _requestsCount++;
        if (_countedEvents != 0)
        {
            CountRequest(journey);
        }

        if (TryTranslate(ref journey, out IommuResponse response))
        {
            return response;
        }

        _faultsCount++;
        return Refuse(journey);
    }

    private bool TryTranslate(ref Journey journey, out IommuResponse response)
    {
        response = default;
        IommuAddressType type = journey.Request.AddressType;
        if (Mode == ModeOff)
        {
            return journey.Fail(IommuFaultCause.AllTransactionsDisallowed);
        }

        if (Mode == ModeBare)
        {
            if (type != IommuAddressType.Untranslated)
            {
                return journey.Fail(IommuFaultCause.TransactionTypeDisallowed);
            }

            response = Identity(journey, 12);
            return true;
        }

        if (IsTooWide(journey.Request.DeviceId))
        {
            return journey.Fail(IommuFaultCause.TransactionTypeDisallowed);
        }

        if (FindDevice(ref journey) is not { } device)
        {
            return false;
        }

        journey.Device = device;
        if (type != IommuAddressType.Untranslated && !device.AtsEnabled)
        {
            return journey.Fail(IommuFaultCause.TransactionTypeDisallowed);
        }

        if (journey.Request.HasProcessId && (!device.HasProcessDirectory || journey.Request.ProcessId >> device.ProcessIdBits != 0))
        {
            return journey.Fail(IommuFaultCause.TransactionTypeDisallowed);
        }

        if (type == IommuAddressType.Translated && !device.T2Gpa)
        {
            response = Identity(journey, 12);
            return true;
        }

        // A translated address with T2GPA is a guest physical address: only the second stage applies (step 7).
        return (type == IommuAddressType.Translated || FindFirstStage(ref journey, device)) && TranslateStages(ref journey, device, out response);
    }

    /// <summary>Steps 8 to 11: which first stage the request goes through.</summary>
    private bool FindFirstStage(ref Journey journey, DeviceContext device)
    {
        if (!device.HasProcessDirectory)
        {
            journey.First = device.FirstStage;
            return true;
        }

        journey.HasProcess = journey.Request.HasProcessId || device.DefaultProcess;
        journey.Process = journey.Request.HasProcessId ? journey.Request.ProcessId : 0;
        if (!journey.HasProcess || device.DirectoryLevels == 0)
        {
            return true;
        }

        if (FindProcess(ref journey, device) is not { } process)
        {
            return false;
        }

        if (journey.Supervisor && !process.SupervisorEnabled)
        {
            return journey.Fail(IommuFaultCause.TransactionTypeDisallowed);
        }

        journey.First = process.FirstStage;
        return true;
    }

    /// <summary>Steps 12 to 15, from the translation cache where possible.</summary>
    private bool TranslateStages(ref Journey journey, DeviceContext device, out IommuResponse response)
    {
        if (journey.First.Levels == 0 && !device.HasSecondStage)
        {
            response = Identity(journey, BareBits);
            return true;
        }

        ulong iova = journey.Request.Iova;
        ulong key = TranslationCache.Key(device.HasSecondStage, device.Gscid, journey.First.Levels != 0, journey.ActivePscid);
        ref readonly TranslationEntry cached = ref _translations.Find(key, iova);
        if (!Unsafe.IsNullRef(in cached) && Serves(journey, device, cached))
        {
            // A copy: the MSI lookup below may fail, and its record may start anything.
            TranslationEntry hit = cached;
            _hitsCount++;
            return Finish(ref journey, device, hit, out response);
        }

        _missesCount++;
        CountFor(EventTlbMiss, journey);
        response = default;
        if (!WalkFirstStage(ref journey, device, out Leaf first))
        {
            return false;
        }

        Leaf second;
        bool interrupt = device.IsInterruptFile(first.Address);
        if (interrupt)
        {
            second = new Leaf { Address = first.Address, Bits = 12, Granted = AccessKinds.Load | AccessKinds.Store, User = true, Dirty = true };
        }
        else
        {
            StageResult result = WalkSecondStage(
                ref journey, device, first.Address, journey.Read, journey.Write, journey.Execute, journey.Strict, out second);
            if (result != StageResult.Ok)
            {
                return result switch
                {
                    StageResult.PageFault => journey.FailGuestPage(first.Address, isImplicit: false, isWrite: false),
                    StageResult.AccessFault => journey.FailAccess(),
                    _ => journey.Fail(IommuFaultCause.PageTableCorruption),
                };
            }
        }

        TranslationEntry entry = Combine(iova, key, first, second, interrupt);
        if (!Finish(ref journey, device, entry, out response))
        {
            return false;
        }

        if (journey.Epoch == Epoch)
        {
            _translations.Fill(key, entry);
        }
        else
        {
            // An invalidation was executed while the walk was under way: what it read may be old (race R4).
            _fillsDroppedCount++;
        }

        return true;
    }

    private static TranslationEntry Combine(ulong iova, ulong key, in Leaf first, in Leaf second, bool interrupt)
    {
        int bits = Math.Min(Math.Min(first.Bits, second.Bits), 57);
        ulong mask = (1UL << bits) - 1;
        return new TranslationEntry
        {
            Key = key,
            Iova = iova & ~mask,
            Guest = first.Address & ~mask,
            Target = second.Address & ~mask,
            Bits = (byte)bits,
            FirstBits = (byte)first.Bits,
            SecondBits = (byte)second.Bits,
            First = first.Granted,
            Second = second.Granted,
            MemoryType = (byte)(first.MemoryType != 0 ? first.MemoryType : second.MemoryType),
            User = first.User,
            Global = first.Global,
            FirstDirty = first.Dirty,
            SecondDirty = second.Dirty,
            Interrupt = interrupt,
        };
    }

    /// <summary>Whether a cached entry allows a request; when not, the walk finds out why (section 11).</summary>
    private static bool Serves(in Journey journey, DeviceContext device, in TranslationEntry entry)
    {
        if (device.HasMsiTable && device.IsInterruptFile(entry.Guest | (journey.Request.Iova - entry.Iova)) != entry.Interrupt)
        {
            // Another device of the same guest may have another window.
            return false;
        }

        if (journey.First.Levels != 0)
        {
            bool allowed = journey.Supervisor
                ? !entry.User || (journey.First.UserAccess && !journey.Execute)
                : entry.User;
            if (!allowed)
            {
                return false;
            }
        }

        AccessKinds both = entry.First & entry.Second;
        if (journey.Strict)
        {
            // An interrupt file is never executable; that fault is the MSI step's (section 6).
            AccessKinds checkedKinds = entry.Interrupt ? entry.First : both;
            return (!journey.Read || (checkedKinds & AccessKinds.Load) != 0) &&
                (!journey.Execute || (checkedKinds & AccessKinds.Fetch) != 0) &&
                (!journey.Write || ((checkedKinds & AccessKinds.Store) != 0 && entry.FirstDirty && entry.SecondDirty));
        }

        return !journey.Write ||
            (((entry.First & AccessKinds.Store) == 0 || entry.FirstDirty) && ((entry.Second & AccessKinds.Store) == 0 || entry.SecondDirty));
    }

    /// <summary>Makes the answer from a combined translation; for an interrupt file the MSI PTE is still to be found.</summary>
    private bool Finish(ref Journey journey, DeviceContext device, in TranslationEntry entry, out IommuResponse response)
    {
        ulong offset = journey.Request.Iova - entry.Iova;
        ulong guest = entry.Guest | offset;
        ulong target = entry.Target | offset;
        MrifTarget? mrif = null;
        if (entry.Interrupt)
        {
            if (FindInterrupt(ref journey, device, guest) is not { } found)
            {
                response = default;
                return false;
            }

            if (found.Mrif is not null && journey.IsDebug)
            {
                response = default;
                return journey.Fail(IommuFaultCause.TransactionTypeDisallowed);
            }

            mrif = found.Mrif;
            target = mrif is null ? found.Target | (guest & 0xFFF) : mrif.Value.NoticeAddress;
        }

        bool asks = journey.IsTranslationRequest;
        AccessKinds granted = entry.First & entry.Second;
        if (!entry.FirstDirty || !entry.SecondDirty)
        {
            granted &= ~AccessKinds.Store;
        }

        if (asks && !(journey.Request.Kind == AccessKind.Fetch && (granted & AccessKinds.Load) != 0))
        {
            granted &= ~AccessKinds.Fetch;
        }

        bool guestAnswer = asks && device.T2Gpa;
        response = new IommuResponse
        {
            Status = IommuStatus.Success,
            Address = guestAnswer ? guest : target,
            Log2Size = ReportedBits(device, entry, guest),
            MemoryType = entry.MemoryType,
            IsMsi = entry.Interrupt,
            Mrif = mrif,
            Permissions = granted,
            UntranslatedOnly = asks && mrif is not null,
            Privileged = asks && journey.Supervisor,
            IsGlobal = asks && journey.Request.HasProcessId && !entry.Interrupt && entry.Global,
            CxlIo = asks && journey.Request.IsCxl && (entry.Interrupt || device.T2Gpa || entry.MemoryType != 0),
            Tag = TranslationCache.TagOf(entry, guest, journey.Request.DeviceId, journey.HasProcess, journey.Process),
            Epoch = journey.Epoch,
            Reads = journey.Reads,
        };
        return true;
    }

    /// <summary>A block must not reach into the window of the interrupt files, whose pages go elsewhere.</summary>
    private static int ReportedBits(DeviceContext device, in TranslationEntry entry, ulong guest)
    {
        if (!device.HasMsiTable || entry.Interrupt)
        {
            return entry.Bits;
        }

        // The page differs from every interrupt file in a fixed bit: a block below its highest such bit stays clear of them.
        ulong differs = ((guest >> 12) ^ device.MsiPattern) & device.MsiFixed;
        return Math.Min(entry.Bits, 12 + BitOperations.Log2(differs));
    }

    private static IommuResponse Identity(in Journey journey, int bits)
    {
        bool asks = journey.IsTranslationRequest;
        AccessKinds granted = asks && journey.Request.Kind != AccessKind.Fetch ? AccessKinds.Load | AccessKinds.Store : AccessKinds.All;
        return new IommuResponse
        {
            Status = IommuStatus.Success,
            Address = journey.Request.Iova,
            Log2Size = bits,
            Permissions = granted,
            Privileged = asks && journey.Supervisor,
            Tag = Holder(journey) with { FirstStageBits = 64, SecondStageBits = 64 },
            Epoch = journey.Epoch,
            Reads = journey.Reads,
        };
    }

    private static TranslationTag Holder(in Journey journey) => new()
    {
        DeviceId = journey.Request.DeviceId,
        HasProcessId = journey.HasProcess,
        ProcessId = journey.Process,
    };

    /// <summary>Reports a fault and chooses the answer (sections 8.1 and 13.2).</summary>
    private IommuResponse Refuse(in Journey journey)
    {
        IommuStatus status = StatusOf(journey);
        if (status != IommuStatus.Success)
        {
            Report(
                new FaultRecord(
                    journey.Cause, journey.Request.TransactionType, journey.Request.DeviceId, journey.Request.HasProcessId,
                    journey.Request.ProcessId, journey.Request.Supervisor, journey.Request.Iova, journey.Iotval2),
                journey.Device?.FaultsDisabled ?? false);
        }

        return new IommuResponse
        {
            Status = status,
            Cause = journey.Cause,
            Iotval2 = journey.Iotval2,
            Log2Size = 12,
            Privileged = journey.IsTranslationRequest && journey.Supervisor,
            Tag = Holder(journey),
            Epoch = journey.Epoch,
            Reads = journey.Reads,
        };
    }

    private static IommuStatus StatusOf(in Journey journey)
    {
        if (!journey.IsTranslationRequest)
        {
            return IommuStatus.UnsupportedRequest;
        }

        return journey.Cause switch
        {
            IommuFaultCause.InstructionPageFault or IommuFaultCause.ReadPageFault or IommuFaultCause.WritePageFault
                or IommuFaultCause.InstructionGuestPageFault or IommuFaultCause.ReadGuestPageFault or IommuFaultCause.WriteGuestPageFault
                or IommuFaultCause.MsiPteNotValid or IommuFaultCause.ProcessEntryNotValid => IommuStatus.Success,
            IommuFaultCause.AllTransactionsDisallowed or IommuFaultCause.DirectoryAccessFault or IommuFaultCause.DirectoryEntryNotValid
                or IommuFaultCause.DirectoryEntryMisconfigured or IommuFaultCause.TransactionTypeDisallowed => IommuStatus.UnsupportedRequest,
            _ => IommuStatus.CompleterAbort,
        };
    }
}
