namespace Soc.Iommu;

/// <content>Performance monitor (section 15.1).</content>
public sealed partial class RiscvIommu
{
    private const int EventUntranslated = 1;
    private const int EventTranslated = 2;
    private const int EventTranslationRequest = 3;
    private const int EventTlbMiss = 4;
    private const int EventDeviceWalk = 5;
    private const int EventProcessWalk = 6;
    private const int EventFirstStageWalk = 7;
    private const int EventSecondStageWalk = 8;
    private const int LastEvent = EventSecondStageWalk;
    private const ulong EventOverflow = 1UL << 63;
    private const ulong CycleMask = (1UL << 63) - 1;

    /// <summary>Bit n: some counter that is not inhibited counts event n.</summary>
    private uint _countedEvents;

    private ulong CounterMask => _configuration.CounterBits >= 64 ? ulong.MaxValue : (1UL << _configuration.CounterBits) - 1;

    /// <summary>Lets the IOMMU's clock advance: iohpmcycles counts.</summary>
    /// <param name="cycles">Cycles that have passed.</param>
    public void AdvanceCycles(ulong cycles)
    {
        if (!_capabilities.PerformanceMonitor || (_inhibit.Value & 1) != 0 || cycles == 0)
        {
            return;
        }

        ulong before = _cycles.Value & CycleMask;
        bool wraps = cycles > CycleMask - before;
        bool overflown = (_cycles.Value & EventOverflow) != 0;
        _cycles.Value = ((before + cycles) & CycleMask) | (overflown || wraps ? EventOverflow : 0);
        if (wraps && !overflown)
        {
            Raise(CounterSource);
        }
    }

    private ulong OverflowBits()
    {
        ulong bits = _cycles.Value >> 63;
        for (int k = 1; k <= _configuration.Counters; k++)
        {
            bits |= _eventRegisters[k].Value >> 63 << k;
        }

        return bits;
    }

    private void UpdateCounting()
    {
        _countedEvents = 0;
        if (!_capabilities.PerformanceMonitor)
        {
            return;
        }

        for (int k = 1; k <= _configuration.Counters; k++)
        {
            if ((_inhibit.Value >> k & 1) == 0)
            {
                _countedEvents |= 1U << (int)(_eventRegisters[k].Value & 0x7FFF);
            }
        }

        _countedEvents &= ~1U;
    }

    private void CountRequest(in Journey journey) => CountFor(
        journey.Request.AddressType switch
        {
            IommuAddressType.Translated => EventTranslated,
            IommuAddressType.TranslationRequest => EventTranslationRequest,
            _ => EventUntranslated,
        },
        journey);

    private void CountFor(int number, in Journey journey)
    {
        if ((_countedEvents >> number & 1) == 0)
        {
            return;
        }

        for (int k = 1; k <= _configuration.Counters; k++)
        {
            ulong selection = _eventRegisters[k].Value;
            if ((int)(selection & 0x7FFF) == number && (_inhibit.Value >> k & 1) == 0 && Selects(selection, number, journey))
            {
                Increment(k);
            }
        }
    }

    private static bool Selects(ulong selection, int number, in Journey journey)
    {
        bool byContext = (selection >> 62 & 1) != 0;
        if (byContext && number is not (EventTlbMiss or EventFirstStageWalk or EventSecondStageWalk))
        {
            return false;
        }

        uint process = (uint)(selection >> 16) & 0xFFFFF;
        uint device = (uint)(selection >> 36) & 0xFFFFFF;

        // DMASK: the low bits up to and including the lowest zero are ignored.
        uint mask = (selection >> 15 & 1) != 0 ? ~(device ^ (device + 1)) & 0xFFFFFF : 0xFFFFFF;
        bool byProcess = (selection >> 60 & 1) != 0;
        bool byDevice = (selection >> 61 & 1) != 0;
        if (!byContext)
        {
            bool hasProcess = journey.Request.HasProcessId || journey.HasProcess;
            uint id = journey.Request.HasProcessId ? journey.Request.ProcessId : journey.Process;
            return (!byProcess || (hasProcess && id == process)) && (!byDevice || ((journey.Request.DeviceId ^ device) & mask) == 0);
        }

        bool guest = journey.Device is { HasSecondStage: true };
        return (!byProcess || (journey.First.Levels != 0 && journey.First.Pscid == process)) &&
            (!byDevice || (guest && ((journey.Device!.Gscid ^ device) & mask) == 0));
    }

    private void Increment(int k)
    {
        ulong next = (_counterRegisters[k].Value + 1) & CounterMask;
        _counterRegisters[k].Value = next;
        if (next == 0 && (_eventRegisters[k].Value & EventOverflow) == 0)
        {
            _eventRegisters[k].Value |= EventOverflow;
            Raise(CounterSource);
        }
    }
}
