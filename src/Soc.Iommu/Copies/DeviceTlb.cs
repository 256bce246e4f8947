using Soc.Memory;

namespace Soc.Iommu;

/// <summary>
/// The translations that one device keeps (riscv-iommu.md sections 11, 13 and 18). Two kinds share its entries: copies of the IOMMU's
/// answers to untranslated and translated requests, which every IOTINVAL and IODIR reaches as if they were in the IOMMU's own cache, and
/// answers to ATS translation requests, which only ATS.INVAL reaches.
/// </summary>
/// <remarks>
/// Single-threaded, and nothing here waits: a look-up that misses leaves its question in <see cref="Pending"/>, whoever owns the device
/// carries it to the IOMMU and the answer back, and the look-up is made again. Refusals are never kept; each is delivered once.
/// </remarks>
/// <param name="capacity">Entries, at least 4.</param>
public sealed class DeviceTlb(int capacity)
{
    private Copy[] _copies = new Copy[Math.Max(capacity, 4)];
    private int _next;
    private IommuRequest? _once;
    private DeviceTlbResult _onceResult;
    private DeviceTlbStatistics _statistics;

    /// <summary>The question that the last look-up left, until <see cref="Answer"/> or <see cref="Cancel"/>.</summary>
    public IommuRequest? Pending { get; private set; }

    /// <summary>Stamp of the last invalidation taken in; answers of earlier walks are not used any more (rule M5).</summary>
    public ulong Stamp { get; private set; }

    /// <summary>Why the IOMMU refused last.</summary>
    public IommuFaultCause Cause { get; private set; }

    /// <summary>Entries.</summary>
    public int Capacity => _copies.Length;

    /// <summary>What was done so far.</summary>
    public DeviceTlbStatistics Statistics => _statistics;

    /// <summary>Entries in use.</summary>
    public int Used => Array.FindAll(_copies, copy => copy.Valid).Length;

    /// <summary>Translates an access, from copies or not at all.</summary>
    /// <param name="access">The access as the device means it: address type Untranslated, an IOVA.</param>
    /// <param name="ats">Whether the device translates ahead, by ATS.</param>
    /// <param name="address">Physical address of the access.</param>
    /// <param name="granted">Kinds that the translation serves.</param>
    public DeviceTlbResult Translate(in IommuRequest access, bool ats, out ulong address, out AccessKinds granted)
    {
        address = access.Iova;
        granted = AccessKinds.All;
        IommuRequest request = access with { AddressType = IommuAddressType.Untranslated };
        if (ats)
        {
            IommuRequest question = access with { AddressType = IommuAddressType.TranslationRequest, NoWrite = access.Kind != AccessKind.Store };
            int ahead = Find(question);
            if (ahead < 0)
            {
                return Ask(question);
            }

            if (!_copies[ahead].UntranslatedOnly)
            {
                address = _copies[ahead].Apply(access.Iova);
                granted = _copies[ahead].Permissions;
                request = access with { AddressType = IommuAddressType.Translated, Iova = address };
            }
        }

        int found = Find(request);
        if (found < 0)
        {
            return Ask(request);
        }

        address = _copies[found].Apply(request.Iova);
        granted &= _copies[found].Permissions;
        _statistics = _statistics with { Hits = _statistics.Hits + 1 };
        return DeviceTlbResult.Found;
    }

    /// <summary>Takes the IOMMU's answer to <see cref="Pending"/>.</summary>
    /// <param name="response">What it said.</param>
    /// <param name="stamp">The IOMMU's count of invalidations sent when it walked.</param>
    /// <param name="consumed">The IOMMU has executed the store itself.</param>
    /// <returns>True when another copy made room: whatever was derived from copies must go.</returns>
    public bool Answer(in IommuResponse response, ulong stamp, bool consumed)
    {
        if (Pending is not { } question)
        {
            return false;
        }

        Pending = null;
        if (consumed)
        {
            Once(question, DeviceTlbResult.Consumed);
            return false;
        }

        if (stamp < Stamp)
        {
            _statistics = _statistics with { Discarded = _statistics.Discarded + 1 };
            return false;
        }

        if (response.Status != IommuStatus.Success)
        {
            Cause = response.Cause;
            _statistics = _statistics with { Refused = _statistics.Refused + 1 };
            Once(question, DeviceTlbResult.Refused);
            return false;
        }

        if (!response.Permissions.Includes(question.Kind))
        {
            Cause = response.Cause;
            Once(question, DeviceTlbResult.NoPermission);
            return false;
        }

        return Keep(new Copy(question, response));
    }

    /// <summary>Whoever asked does not want to know any more; an answer still under way finds nobody.</summary>
    public void Cancel()
    {
        Pending = null;
        _once = null;
    }

    /// <summary>Takes in an invalidation of the IOMMU's cache.</summary>
    /// <param name="invalidation">What must go.</param>
    /// <param name="stamp">The IOMMU's count of invalidations sent, this one included.</param>
    /// <returns>How many copies went.</returns>
    public int Invalidate(in IommuInvalidation invalidation, ulong stamp)
    {
        Stamp = Math.Max(Stamp, stamp);
        int dropped = 0;
        for (int index = 0; index < _copies.Length; index++)
        {
            ref Copy copy = ref _copies[index];
            if (copy.Valid && copy.Asked.AddressType != IommuAddressType.TranslationRequest)
            {
                dropped += Drop(ref copy, invalidation.Covers(copy.Tag, copy.Asked.Iova));
            }
        }

        return dropped;
    }

    /// <summary>Takes in an ATS Invalidate Request.</summary>
    /// <param name="deviceId">The device that it is for.</param>
    /// <param name="request">The message; payload bit 0 Global, 11 S, 63:12 address (PCIe, ATS, Invalidate Request body).</param>
    /// <param name="stamp">The IOMMU's count of invalidations sent, this one included.</param>
    /// <returns>How many entries went.</returns>
    public int Invalidate(uint deviceId, in AtsMessage request, ulong stamp)
    {
        Stamp = Math.Max(Stamp, stamp);
        (ulong address, int bits) = IommuInvalidation.Range(request.Payload >> 12, (request.Payload & (1UL << 11)) != 0);
        var range = new IommuInvalidation(IommuInvalidationKind.FirstStage) { Address = address, AddressBits = bits };
        bool everyProcess = (request.Payload & 1) != 0;
        int dropped = 0;
        for (int index = 0; index < _copies.Length; index++)
        {
            ref Copy copy = ref _copies[index];
            if (!copy.Valid || copy.Asked.AddressType != IommuAddressType.TranslationRequest)
            {
                continue;
            }

            bool sameSpace = everyProcess ||
                (copy.Asked.HasProcessId == request.HasProcessId && (!request.HasProcessId || copy.Asked.ProcessId == request.ProcessId));
            dropped += Drop(
                ref copy, copy.Asked.DeviceId == deviceId && sameSpace && range.CoversBlock(copy.Asked.Iova, Math.Min(copy.Bits, 63)));
        }

        return dropped;
    }

    /// <summary>What the kept translation of an access is tagged with; null when none is kept.</summary>
    /// <param name="access">The access, untranslated.</param>
    /// <param name="ats">Whether the one that came from a translation request is meant.</param>
    public TranslationTag? TagOf(in IommuRequest access, bool ats)
    {
        int at = Find(access with
        {
            AddressType = ats ? IommuAddressType.TranslationRequest : IommuAddressType.Untranslated,
            NoWrite = ats && access.Kind != AccessKind.Store,
        });
        return at < 0 ? null : _copies[at].Tag;
    }

    /// <summary>Makes room for translations that are needed at the same time: as many are asked for without that one of them makes room for another.</summary>
    /// <param name="entries">How many; nothing happens when there are as many entries already.</param>
    public void Reserve(int entries)
    {
        if (entries > _copies.Length)
        {
            Array.Resize(ref _copies, entries);
        }
    }

    /// <summary>Drops everything: the device was reset, or its ATS switched.</summary>
    public void Clear()
    {
        Array.Clear(_copies);
        Cancel();
    }

    private int Drop(ref Copy copy, bool covered)
    {
        _statistics = _statistics with { Scanned = _statistics.Scanned + 1, Dropped = _statistics.Dropped + (covered ? 1UL : 0) };
        if (!covered)
        {
            return 0;
        }

        copy = default;
        return 1;
    }

    private DeviceTlbResult Ask(in IommuRequest question)
    {
        if (_once == question)
        {
            _once = null;
            return _onceResult;
        }

        Pending = question;
        _statistics = _statistics with { Asked = _statistics.Asked + 1 };
        return DeviceTlbResult.Ask;
    }

    private void Once(in IommuRequest question, DeviceTlbResult result)
    {
        _once = question;
        _onceResult = result;
    }

    private int Find(in IommuRequest request)
    {
        for (int index = 0; index < _copies.Length; index++)
        {
            ref Copy copy = ref _copies[index];
            if (copy.Valid && copy.Serves(request))
            {
                return index;
            }
        }

        return -1;
    }

    private bool Keep(in Copy copy)
    {
        int at = Array.FindIndex(_copies, each => !each.Valid);
        bool evicts = at < 0;
        if (evicts)
        {
            at = _next;
            _next = (_next + 1) % _copies.Length;
            _statistics = _statistics with { Evicted = _statistics.Evicted + 1 };
        }

        _copies[at] = copy;
        return evicts;
    }

    /// <summary>One kept answer.</summary>
    private readonly struct Copy(in IommuRequest asked, in IommuResponse response)
    {
        public readonly bool Valid = true;
        public readonly IommuRequest Asked = asked;
        public readonly ulong Address = response.Address;
        public readonly int Bits = response.Log2Size;
        public readonly AccessKinds Permissions = response.Permissions;
        public readonly bool UntranslatedOnly = response.UntranslatedOnly;
        public readonly TranslationTag Tag = response.Tag;

        public readonly bool Serves(in IommuRequest request) =>
            Asked.AddressType == request.AddressType && Asked.DeviceId == request.DeviceId && Asked.HasProcessId == request.HasProcessId &&
            Asked.ProcessId == request.ProcessId && Asked.Supervisor == request.Supervisor && Permissions.Includes(request.Kind) &&
            (Bits >= 64 || (Asked.Iova ^ request.Iova) >> Bits == 0);

        public readonly ulong Apply(ulong iova)
        {
            ulong mask = Bits >= 64 ? ulong.MaxValue : (1UL << Bits) - 1;
            return (Address & ~mask) | (iova & mask);
        }
    }
}
