using System.Globalization;
using Soc.Memory;
using Soc.Tlb;

namespace Soc.Iommu;

/// <summary>
/// The sanitizer of one IOMMU: which commands it has executed, which device has taken them in, and what a walk without any cache says
/// now. Everything is to be called while holding <see cref="Sanitizer.Gate"/>.
/// </summary>
/// <remarks>
/// A device may use what it has until a fence after the invalidation is complete (riscv-iommu.md section 12.1). What it does then to a page
/// that somebody else has begun to use, knowing of the change, is a guest bug: the page was handed over too early.
/// </remarks>
public sealed class IommuSanitizer
{
    // Commands kept: more than a queue that software waits for usually holds.
    private const int Kept = 1024;

    private readonly Sanitizer _shared;
    private readonly RiscvIommu _model;
    private readonly ProbeBus _bus;
    private readonly RiscvIommu _probe;
    private readonly List<Entry> _log = [];

    /// <summary>Watches an IOMMU.</summary>
    /// <param name="shared">What all sanitizers share.</param>
    /// <param name="model">The IOMMU.</param>
    /// <param name="initiator">The IOMMU as an initiator.</param>
    /// <param name="space">What it sees.</param>
    public IommuSanitizer(Sanitizer shared, RiscvIommu model, IInitiator initiator, AddressSpace space)
    {
        ArgumentNullException.ThrowIfNull(shared);
        ArgumentNullException.ThrowIfNull(model);
        _shared = shared;
        _model = model;
        _bus = new ProbeBus(initiator, space);
        _probe = new RiscvIommu(
            model.Configuration with { TranslationCacheBits = 2, DirectoryCacheBits = 0 }, _bus, NoIommuPort.Instance);
    }

    private enum What
    {
        Invalidation,
        AtsInvalidation,
        Fence,
    }

    /// <summary>What all sanitizers share.</summary>
    public Sanitizer Shared => _shared;

    /// <summary>An IOTINVAL, an IODIR or a change of mode was executed.</summary>
    /// <param name="invalidation">What must go.</param>
    /// <param name="epoch">Its number.</param>
    public void OnInvalidation(in IommuInvalidation invalidation, ulong epoch) =>
        Add(new Entry(_shared.Next(), What.Invalidation, epoch, 0, invalidation));

    /// <summary>An ATS.INVAL was sent.</summary>
    /// <param name="deviceId">To whom.</param>
    /// <param name="number">Its number.</param>
    public void OnAtsInvalidation(uint deviceId, ulong number) =>
        Add(new Entry(_shared.Next(), What.AtsInvalidation, number, deviceId, default));

    /// <summary>An IOFENCE.C was completed.</summary>
    public void OnFence() => Add(new Entry(_shared.Next(), What.Fence, 0, 0, default));

    /// <summary>A device has taken an invalidation in.</summary>
    /// <param name="initiator">Agent number of the device.</param>
    /// <param name="ats">Whether it was an ATS.INVAL.</param>
    /// <param name="number">Its epoch or number.</param>
    public void OnTakenIn(int initiator, bool ats, ulong number)
    {
        What what = ats ? What.AtsInvalidation : What.Invalidation;
        _log.FindLast(entry => entry.What == what && entry.Number == number)?.TakenIn.Add(initiator);
    }

    /// <summary>What a walk without caches says now.</summary>
    /// <param name="request">The access, untranslated.</param>
    /// <param name="written">The last known store to any word that the walk read.</param>
    /// <param name="where">Host address of that word.</param>
    public IommuResponse Walk(in IommuRequest request, out LastStore written, out nint where)
    {
        _bus.Words.Clear();
        _probe.Mirror(_model);
        IommuResponse response = _probe.Translate(request);
        written = default;
        where = 0;
        foreach (nint word in _bus.Words)
        {
            _shared.OnTableRead(word);
            LastStore store = _shared.WriterOf(word);
            if (store.Sequence > written.Sequence)
            {
                written = store;
                where = word;
            }
        }

        return response;
    }

    /// <summary>Judges the use of a translation that is not true any more.</summary>
    /// <param name="device">Who used it.</param>
    /// <param name="copy">What the translation is tagged with; null when nothing is known of it.</param>
    /// <param name="ahead">It came from an ATS translation request.</param>
    /// <param name="access">The access.</param>
    /// <param name="truth">What is true.</param>
    /// <param name="written">The store that changed it.</param>
    /// <exception cref="SanitizerException">The device had dropped the translation: a bug of the simulator.</exception>
    public void Judge(IInitiator device, TranslationTag? copy, bool ahead, in MonitoredAccess access, in IommuResponse truth, LastStore written)
    {
        ArgumentNullException.ThrowIfNull(device);
        ulong iova = access.VirtualAddress;
        List<Entry> after = _log.FindAll(entry => entry.Sequence > written.Sequence);
        Entry? covering = copy is { } tag
            ? after.Find(entry => entry.What == What.Invalidation && entry.Invalidation.Covers(tag, iova))
            : after.Find(entry => entry.What == What.Invalidation);
        Entry? reaching = ahead
            ? after.Find(entry => entry.What == What.AtsInvalidation && (copy is null || entry.DeviceId == copy.Value.DeviceId))
            : covering;
        if (!ahead && covering is not null && covering.TakenIn.Contains(device.InitiatorId))
        {
            throw new SanitizerException(
                $"{device.Name} used a translation of 0x{iova:x} that it had dropped: {Name(access)}, and invalidation {covering.Number} after the change was taken in");
        }

        if (written.Sequence == 0 || !IsHandedOver(device.InitiatorId, access, written))
        {
            _shared.Allowed++;
            return;
        }

        StaleCause cause =
            covering is null ? (after.Exists(entry => entry.What == What.Invalidation) ? StaleCause.IotinvalTooNarrow : StaleCause.MissingIotinval)
            : reaching is null ? StaleCause.MissingAtsInvalidation
            : after.Exists(entry => entry.What == What.Fence && entry.Sequence < reaching.Sequence) ? StaleCause.IofenceTooEarly
            : StaleCause.MissingIofence;
        _shared.Report(new StaleUse
        {
            Cause = cause,
            Initiator = device.InitiatorId,
            ProgramCounter = 0,
            Kind = access.Kind,
            VirtualAddress = iova,
            Time = device.Now,
            Cached = Name(access),
            Truth = truth.Status == IommuStatus.Success ? Hex(truth.Address) : $"fault {(int)truth.Cause}",
            Write = written,
            Written = "an entry of a page table or directory of the IOMMU",
            Missing = cause switch
            {
                StaleCause.MissingIotinval => "IOTINVAL and IOFENCE.C after the change, before the page is used again",
                StaleCause.IotinvalTooNarrow => "an IOTINVAL that covers the translation: its address, PSCID, GSCID and stage",
                StaleCause.MissingAtsInvalidation => "ATS.INVAL to the device, after the IOTINVAL and before the IOFENCE.C",
                StaleCause.IofenceTooEarly => "the IOFENCE.C after the invalidation instead of before it",
                _ => "IOFENCE.C after the invalidation, and waiting for it, before the page is used again",
            },
        });
    }

    /// <summary>Whether somebody who knew of the change has begun to use the memory.</summary>
    private bool IsHandedOver(int device, in MonitoredAccess access, LastStore written)
    {
        if (access.Host == 0)
        {
            return false;
        }

        for (nint word = access.Host & ~(nint)7; word < access.Host + access.Size; word += 8)
        {
            LastStore user = _shared.WriterOf(word);
            if (user.Initiator != device && user.Sequence > written.Sequence &&
                (user.Initiator == written.Initiator || _shared.Knows(user.Initiator, written.Initiator, written.Sequence)))
            {
                return true;
            }
        }

        return false;
    }

    private void Add(Entry entry)
    {
        if (_log.Count == Kept)
        {
            _log.RemoveRange(0, Kept / 2);
        }

        _log.Add(entry);
    }

    private static string Name(in MonitoredAccess access) => Hex(access.PhysicalAddress);

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private sealed record Entry(ulong Sequence, What What, ulong Number, uint DeviceId, IommuInvalidation Invalidation)
    {
        public HashSet<int> TakenIn { get; } = [];
    }
}
