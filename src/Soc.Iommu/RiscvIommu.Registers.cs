using Soc.Iommu.Registers;

namespace Soc.Iommu;

/// <content>The register page (section 2).</content>
public sealed partial class RiscvIommu
{
    private const ulong PageNumberBits = 0x003F_FFFF_FFFF_FC00;
    private const ulong Enable = 1 << 0;
    private const ulong InterruptEnable = 1 << 1;
    private const ulong MemoryFault = 1 << 8;
    private const ulong Overflow = 1 << 9;
    private const ulong CommandTimeout = 1 << 9;
    private const ulong CommandIllegal = 1 << 10;
    private const ulong FenceWaiting = 1 << 11;
    private const ulong QueueOn = 1 << 16;
    private const ulong CommandErrors = MemoryFault | CommandTimeout | CommandIllegal;
    private const ulong QueueErrors = MemoryFault | Overflow;
    private const int ModeOff = 0;
    private const int ModeBare = 1;

    private readonly IommuRegister[] _counterRegisters = new IommuRegister[32];
    private readonly IommuRegister[] _eventRegisters = new IommuRegister[32];
    private readonly IommuRegister[] _messageAddresses = new IommuRegister[16];
    private readonly IommuRegister[] _messageData = new IommuRegister[16];
    private readonly IommuRegister[] _messageMasks = new IommuRegister[16];
    private IommuRegister _fctl = null!;
    private IommuRegister _ddtp = null!;
    private IommuRegister _cqb = null!;
    private IommuRegister _cqh = null!;
    private IommuRegister _cqt = null!;
    private IommuRegister _fqb = null!;
    private IommuRegister _fqh = null!;
    private IommuRegister _fqt = null!;
    private IommuRegister _pqb = null!;
    private IommuRegister _pqh = null!;
    private IommuRegister _pqt = null!;
    private IommuRegister _cqcsr = null!;
    private IommuRegister _fqcsr = null!;
    private IommuRegister _pqcsr = null!;
    private IommuRegister _ipsr = null!;
    private IommuRegister _inhibit = null!;
    private IommuRegister _cycles = null!;
    private IommuRegister _requestAddress = null!;
    private IommuRegister _requestControl = null!;
    private IommuRegister _requestResponse = null!;
    private IommuRegister _vectors = null!;

    private int Mode => (int)(_ddtp.Value & 0xF);

    private bool BigEndian => (_fctl.Value & 1) != 0;

    private bool Wired => (_fctl.Value & 2) != 0;

    private bool ModeChanging => _modeChange != 0 && _unacknowledged.Contains(_modeChange);

    private void DefineRegisters()
    {
        bool ats = _capabilities.Ats;
        _map.Define("capabilities", 0, 8, reset: _capabilities.Bits);
        _fctl = _map.Define("fctl", 8, 4, reset: ResetFeatureControl())
            .Takes(WritableFeatureControl())
            .FrozenWhile(() => Mode != ModeOff || ((_cqcsr.Value | _fqcsr.Value | _pqcsr.Value) & (Enable | QueueOn)) != 0);
        _ddtp = _map.Define("ddtp", 16, 8, reset: _configuration.ResetsToBare ? ModeBare : (ulong)ModeOff)
            .Takes(PageNumberBits | 0xF)
            .FrozenWhile(() => ModeChanging)
            .Legalise(LegalMode)
            .ShownAs(() => _ddtp.Value | (ModeChanging ? 0x10UL : 0))
            .WhenWritten((old, _) => ModeWritten(old));
        _cqb = DefineBase("cqb", 24, true, () => _cqcsr, () => _cqt);
        _cqh = _map.Define("cqh", 32, 4);
        _cqt = DefineIndex("cqt", 36, true, () => _cqb).WhenWritten((_, _) => RunCommandQueue());
        _fqb = DefineBase("fqb", 40, true, () => _fqcsr, () => _fqh);
        _fqh = DefineIndex("fqh", 48, true, () => _fqb);
        _fqt = _map.Define("fqt", 52, 4);
        _pqb = DefineBase("pqb", 56, ats, () => _pqcsr, () => _pqh);
        _pqh = DefineIndex("pqh", 64, ats, () => _pqb);
        _pqt = _map.Define("pqt", 68, 4, ats);
        _cqcsr = _map.Define("cqcsr", 72, 4)
            .Takes(Enable | InterruptEnable)
            .OneClears(CommandErrors | FenceWaiting)
            .WhenWritten((old, _) => CommandControlWritten(old));
        _fqcsr = DefineControl("fqcsr", 76, true, () => _fqcsr, () => _fqt, FaultSource);
        _pqcsr = DefineControl("pqcsr", 80, ats, () => _pqcsr, () => _pqt, PageSource);
        _ipsr = _map.Define("ipsr", 84, 4)
            .OneClears(CommandSource | FaultSource | CounterSource | (ats ? PageSource : 0))
            .Legalise((old, _) => old)
            .WhenWritten((_, written) => ClearInterrupts(written));
        DefineCounters();
        DefineDebug();
        _map.Define("iommu_qosid", 624, 4, _capabilities.QosId).Takes(_configuration.QosIdMask);
        DefineInterrupts();
    }

    private IommuRegister DefineBase(string name, int offset, bool present, Func<IommuRegister> control, Func<IommuRegister> index) =>
        _map.Define(name, offset, 8, present)
            .Takes(PageNumberBits | 0x1F)
            .FrozenWhile(() => (control().Value & (Enable | QueueOn)) != 0)
            .Legalise((_, next) => (next & PageNumberBits) | Math.Min(next & 0x1F, (ulong)(_configuration.QueueSizeLimit - 1)))
            .WhenWritten((_, _) => index().Value = 0);

    private IommuRegister DefineIndex(string name, int offset, bool present, Func<IommuRegister> queue) =>
        _map.Define(name, offset, 4, present).Takes(uint.MaxValue).Legalise((_, next) => next & IndexMask(queue()));

    private IommuRegister DefineControl(
        string name, int offset, bool present, Func<IommuRegister> control, Func<IommuRegister> tail, ulong source) =>
        _map.Define(name, offset, 4, present)
            .Takes(Enable | InterruptEnable)
            .OneClears(QueueErrors)
            .WhenWritten((old, _) =>
            {
                Switch(control(), old, tail(), QueueErrors);
                RaiseLevels(source);
            });

    private void DefineCounters()
    {
        bool present = _capabilities.PerformanceMonitor;
        int counters = present ? _configuration.Counters : 0;
        ulong all = (2UL << counters) - 1;
        _map.Define("iocountovf", 88, 4, present).ShownAs(OverflowBits);
        _inhibit = _map.Define("iocountinh", 92, 4, present).Takes(all).WhenWritten((_, _) => UpdateCounting());
        _cycles = _map.Define("iohpmcycles", 96, 8, present).Takes(ulong.MaxValue);
        for (int k = 1; k < 32; k++)
        {
            bool implemented = k <= counters;
            _counterRegisters[k] = _map.Define($"iohpmctr{k}", 96 + (8 * k), 8, implemented).Takes(CounterMask);
            _eventRegisters[k] = _map.Define($"iohpmevt{k}", 344 + (8 * k), 8, implemented)
                .Takes(ulong.MaxValue)
                .Legalise((old, next) => (next & 0x7FFF) <= LastEvent ? next : (next & ~0x7FFFUL) | (old & 0x7FFF))
                .WhenWritten((_, _) => UpdateCounting());
        }
    }

    private void DefineDebug()
    {
        bool present = _capabilities.Debug;
        _requestAddress = _map.Define("tr_req_iova", 600, 8, present).Takes(~0xFFFUL);
        _requestControl = _map.Define("tr_req_ctl", 608, 8, present)
            .Takes(0xFFFF_FF01_FFFF_F00F)
            .WhenWritten((_, _) => RunDebugRequest());
        _requestResponse = _map.Define("tr_response", 616, 8, present);
    }

    private void DefineInterrupts()
    {
        ulong field = (1UL << _configuration.VectorBits) - 1;
        ulong bits = field | (field << 4) | (_capabilities.PerformanceMonitor ? field << 8 : 0) | (_capabilities.Ats ? field << 12 : 0);
        _vectors = _map.Define("icvec", 760, 8).Takes(bits).WhenWritten((_, _) => UpdateWires());
        for (int vector = 0; vector < 16; vector++)
        {
            int number = vector;
            bool present = _capabilities.Interrupts != InterruptGeneration.WireSignalled && vector < 1 << _configuration.VectorBits;
            int offset = 768 + (16 * vector);
            _messageAddresses[vector] = _map.Define($"msi_addr_{vector}", offset, 8, present).Takes(0x00FF_FFFF_FFFF_FFFC);
            _messageData[vector] = _map.Define($"msi_data_{vector}", offset + 8, 4, present).Takes(uint.MaxValue);
            _messageMasks[vector] = _map.Define($"msi_vec_ctl_{vector}", offset + 12, 4, present)
                .Takes(1)
                .WhenWritten((_, _) => SendPending(number));
        }
    }

    private ulong ResetFeatureControl() => _capabilities.Interrupts switch
    {
        InterruptGeneration.MessageSignalled => _configuration.FeatureControlReset & 5,
        InterruptGeneration.WireSignalled => (_configuration.FeatureControlReset & 5) | 2,
        _ => _configuration.FeatureControlReset & 7,
    };

    private ulong WritableFeatureControl() =>
        (_capabilities.BothEndian && _configuration.BigEndianWritable ? 1UL : 0) |
        (_capabilities.Interrupts == InterruptGeneration.Both ? 2UL : 0) |
        (_configuration.GuestXlenWritable ? 4UL : 0);

    private ulong LegalMode(ulong old, ulong next)
    {
        ulong from = old & 0xF;
        ulong to = next & 0xF;
        bool supported = to <= (ulong)_configuration.DirectoryLevels + 1;
        bool betweenDirectories = from > ModeBare && to > ModeBare && from != to;
        return supported && !betweenDirectories ? next : old;
    }

    private void ModeWritten(ulong old)
    {
        if (old != _ddtp.Value && (old & 0xF) != ModeOff)
        {
            // The IOMMU's caches stay (section 2.3), but copies elsewhere skip the mode check: they must go, and busy shows it.
            Broadcast(new IommuInvalidation(IommuInvalidationKind.Everything));
            _modeChange = Epoch;
        }
    }

    private void CommandControlWritten(ulong old)
    {
        Switch(_cqcsr, old, _cqh, CommandErrors | FenceWaiting);
        if ((_cqcsr.Value & Enable) == 0)
        {
            // Fetched commands may be dropped when the queue is switched off (race R19).
            _fence = null;
            _heldInvalidation = null;
        }

        RaiseLevels(CommandSource);
        RunCommandQueue();
    }

    /// <summary>Follows a change of a queue's enable bit (section 2.5).</summary>
    private static void Switch(IommuRegister control, ulong old, IommuRegister index, ulong errors)
    {
        bool was = (old & Enable) != 0;
        bool now = (control.Value & Enable) != 0;
        if (now && !was)
        {
            index.Value = 0;
            control.Value = (control.Value & ~errors) | QueueOn;
        }
        else if (!now)
        {
            control.Value &= ~QueueOn;
        }
    }

    private static ulong IndexMask(IommuRegister queue) => (2UL << (int)(queue.Value & 0x1F)) - 1;

    private static ulong QueueAddress(IommuRegister queue, ulong index, int entrySize) =>
        ((queue.Value & PageNumberBits) << 2) + (index * (ulong)entrySize);
}
