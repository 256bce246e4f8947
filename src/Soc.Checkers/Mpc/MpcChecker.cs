using System.Numerics;
using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.Mpc;

/// <summary>
/// A Memory Protection Controller of CoreLink SIE-200 (arm-filters.md section 2): a table with one bit per block of memory
/// says whether Secure or Non-secure accesses, and only those, may pass.
/// </summary>
/// <remarks>
/// While the data port is gated, accesses end as refusals of the kind that SEC_RESP selects, without a record: the
/// project's choice. The gating request is acknowledged after all cached answers are dropped.
/// </remarks>
public sealed partial class MpcChecker : Checker
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong BlockSize = 0x1000;

    /// <summary>INT_INFO2.HNONSEC, as a refusal's detail: a Non-secure access met a Secure block.</summary>
    internal const uint AccessNonSecure = 1 << 16;

    /// <summary>INT_INFO2.CFG_NS, as a refusal's detail: a Secure access met a Non-secure block.</summary>
    internal const uint BlockNonSecure = 1 << 17;

    private const ulong ControlOffset = 0x000;
    private const ulong IndexOffset = 0x018;
    private const ulong TableOffset = 0x01C;
    private const ulong FirstIdentification = 0xFD0;
    private const ulong ResponseBit = 1 << 4;
    private const ulong GateRequestBit = 1 << 6;
    private const ulong GateAcknowledgeBit = 1 << 7;
    private const ulong AutoIncrementBit = 1 << 8;
    private const ulong LockdownBit = 1UL << 31;
    private const ulong BothSecurities = 3;

    private readonly MpcOptions _options;
    private readonly int _blockShift;
    private readonly ulong _blocks;
    private readonly int _words;
    private readonly Register _control;
    private readonly Register _index;
    private readonly Register _status;
    private readonly Register _enable;
    private readonly Register _firstAddress;
    private readonly Register _firstAttributes;
    private MpcSnapshot _next;
    private List<(ulong First, ulong Last)> _changed = [];
    private bool _wholeWord;
    private bool _recordIsTaken;
    private bool _gateAcknowledged;
    private long _gateChange;

    /// <summary>Builds an MPC in its reset state.</summary>
    /// <exception cref="CheckerConfigurationException">The size or block size is not allowed.</exception>
    public MpcChecker(MpcOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Name, options.AgentId)
    {
        if (!BitOperations.IsPow2(options.BlockSize) || options.BlockSize is < 32 or > 32 << 15)
        {
            throw new CheckerConfigurationException($"checker '{options.Name}' has blocks of {options.BlockSize} bytes; it must be a power of two from 32 to 1048576");
        }

        if (options.Size == 0 || options.Size % options.BlockSize != 0 || options.Size / options.BlockSize > int.MaxValue)
        {
            throw new CheckerConfigurationException(
                $"checker '{options.Name}' protects {options.Size} bytes; it must be a multiple of the block size, {options.BlockSize}, and at most 2^31 - 1 blocks");
        }

        _options = options;
        _blockShift = BitOperations.Log2(options.BlockSize);
        _blocks = options.Size / options.BlockSize;
        _words = (int)((_blocks + 31) / 32);

        Registers = new RegisterMap(options.Name);
        _control = Registers.Define("CTRL", ControlOffset, 4)
            .Bit("SEC_RESP", 4, RegisterAccess.ReadWrite)
            .Bit("AUTOINC", 8, RegisterAccess.ReadWrite, options.AutoIncrementAtReset)
            .Bit("LOCKDOWN", 31, RegisterAccess.WriteOneToSetSticky)
            .LockedWhen("CTRL.LOCKDOWN", _ => Locked)
            .WhenWritten((_, _, _) => ControlWritten());
        if (options.Gating)
        {
            _control.Bit("GATE_REQ", 6, RegisterAccess.ReadWrite)
                .Bit("GATE_ACK", 7, RegisterAccess.ReadOnly)
                .ShownAs((_, value) => _gateAcknowledged ? value | GateAcknowledgeBit : value);
        }

        Registers.Define("BLK_MAX", 0x010, 4).Field("BLK_MAX", 31, 0, RegisterAccess.ReadOnly, (ulong)_words - 1);
        Registers.Define("BLK_CFG", 0x014, 4)
            .Field("BLK_SIZE", 3, 0, RegisterAccess.ReadOnly, (ulong)_blockShift - 5)
            .Bit("INIT_IN_PROGRESS", 31, RegisterAccess.ReadOnly);
        _index = Registers.Define("BLK_IDX", IndexOffset, 4)
            .Field("BLK_IDX", 31, 0, RegisterAccess.Warl)
            .Legalise((_, _, wanted) => wanted % (ulong)_words);
        Registers.Define("BLK_LUT", TableOffset, 4)
            .Field("NONSECURE", 31, 0, RegisterAccess.ReadWrite)
            .LockedWhen("CTRL.LOCKDOWN", _ => Locked)
            .ShownAs((_, _) => _next!.Word((int)_index.Value))
            .WhenRead(_ => ReadTable())
            .WhenWritten((_, _, written) => TableWritten((uint)written));
        _status = Registers.Define("INT_STAT", 0x020, 4).Bit("MPC_IRQ", 0, RegisterAccess.ReadOnly);
        Registers.Define("INT_CLEAR", 0x024, 4)
            .Bit("MPC_IRQ", 0, RegisterAccess.WriteOnly)
            .WhenWritten((_, _, written) => SetStatus(_status!.Value & ~written));
        _enable = Registers.Define("INT_EN", 0x028, 4)
            .Bit("MPC_IRQ", 0, RegisterAccess.ReadWrite, options.InterruptEnabledAtReset)
            .LockedWhen("CTRL.LOCKDOWN", _ => Locked)
            .WhenWritten((_, _, _) => EnableWritten());
        _firstAddress = Registers.Define("INT_INFO1", 0x02C, 4).Field("HADDR", 31, 0, RegisterAccess.ReadOnly);
        _firstAttributes = Registers.Define("INT_INFO2", 0x030, 4)
            .Field("HMASTER", 15, 0, RegisterAccess.ReadOnly)
            .Bit("HNONSEC", 16, RegisterAccess.ReadOnly)
            .Bit("CFG_NS", 17, RegisterAccess.ReadOnly);
        Registers.Define("INT_SET", 0x034, 4)
            .Bit("MPC_IRQ", 0, RegisterAccess.WriteOnly)
            .WhenWritten((_, _, written) => SetStatus(_status.Value | written));
        PrimeCellIdentification.Define(Registers, "PIDR", "CIDR", 0xB8, 0x1B);
        Registers.Reset();
        _next = ResetSnapshot();
        Commit(_next);
    }

    /// <inheritdoc/>
    public override RegisterMap Registers { get; }

    /// <summary>Bytes behind the MPC.</summary>
    public ulong Size => _options.Size;

    /// <summary>The current configuration.</summary>
    public MpcSnapshot Current => (MpcSnapshot)Snapshot;

    private bool Locked => (_control.Value & LockdownBit) != 0;

    /// <summary>Whether a transaction is Non-secure; one without attributes counts as Secure.</summary>
    public static bool IsNonSecure(TransactionAttributes attributes) => !attributes.IsUnspecified && !attributes.IsSecure;

    /// <summary>
    /// Puts the memory, <see cref="Size"/> bytes, into the address map; done while the memory tree is built. Memory that is
    /// seen at several addresses has several ports.
    /// </summary>
    /// <param name="tree">Where the blocked sink's address space is made.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="baseAddress">Physical address of the memory's first byte on the initiators' bus.</param>
    /// <param name="downstream">Where permitted accesses go on, at their physical address.</param>
    /// <returns>The region to put into the initiators' trees at <paramref name="baseAddress"/>.</returns>
    public MpcPort Protect(MemoryTree tree, string name, ulong baseAddress, AddressSpace downstream)
    {
        var port = new MpcPort(this, tree, name, baseAddress, Size, downstream);
        AddPort(port);
        return port;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Takes naturally aligned accesses of 1, 2 and 4 bytes. Non-secure ones see the identification registers only; elsewhere
    /// they read 0 and write nothing (section 2.4).
    /// </remarks>
    public override RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Size is not (1 or 2 or 4) || access.Offset % (ulong)access.Size != 0)
        {
            return RegisterOutcome.Refused;
        }

        if (IsNonSecure(access.Attributes) && !access.Attributes.IsDebug && access.Offset < FirstIdentification)
        {
            return RegisterOutcome.Nothing;
        }

        ulong word = access.Offset & ~3UL;
        int shift = 8 * (int)(access.Offset & 3);
        ulong bits = uint.MaxValue >> (32 - (8 * access.Size));
        _wholeWord = access.Size == 4;
        if (access.Kind != AccessKind.Store)
        {
            ulong read = _wholeWord && !access.Attributes.IsDebug ? Registers.Read(word, 4) : Registers.Peek(word, 4);
            return new RegisterOutcome(AccessResult.Ok, (read >> shift) & bits, null);
        }

        // Only these three keep the bytes that a narrow write leaves out; in all others they become zero.
        ulong kept = word is ControlOffset or IndexOffset or TableOffset ? Registers.Peek(word, 4) & ~(bits << shift) : 0;
        Registers.Write(word, 4, kept | ((value & bits) << shift));
        return CommitChange();
    }

    /// <inheritdoc/>
    public override InvalidationScope Reset()
    {
        Registers.Reset();
        SetStatus(0);
        _next = ResetSnapshot();
        _changed = [];
        _gateAcknowledged = false;
        Commit(_next);
        return Invalidating(InvalidationScope.Everything);
    }

    /// <inheritdoc/>
    public override void ChangeAcknowledged(long change)
    {
        if (change == _gateChange)
        {
            _gateAcknowledged = (_control.Value & GateRequestBit) != 0;
        }
    }

    /// <inheritdoc/>
    public override bool CanRecord(in Violation violation) => violation.Detail != 0 && !Volatile.Read(ref _recordIsTaken);

    /// <inheritdoc/>
    protected override bool TakeRecord(in Violation violation)
    {
        if (_status.Value != 0 || violation.Detail == 0)
        {
            return false;
        }

        _firstAddress.Value = (uint)OffsetOf(violation.PhysicalAddress);
        _firstAttributes.Value = (violation.Attributes.RequesterId & 0xFFFF) | violation.Detail;
        SetStatus(1);
        return true;
    }

    private MpcSnapshot ResetSnapshot() => new(_blockShift, _blocks) { Interrupts = _options.InterruptEnabledAtReset };

    private ulong OffsetOf(ulong physicalAddress)
    {
        foreach (CheckerPort port in Ports)
        {
            if (physicalAddress - port.BaseAddress <= port.SizeMinusOne)
            {
                return physicalAddress - port.BaseAddress;
            }
        }

        return physicalAddress;
    }

    private ulong ReadTable()
    {
        uint word = _next.Word((int)_index.Value);
        Advance();
        return word;
    }

    private void TableWritten(uint written)
    {
        int word = (int)_index.Value;
        uint toggled = _next.Word(word) ^ written;
        if (toggled != 0)
        {
            _next = _next.WithWord(word, written);
            ulong left = _blocks - (32 * (ulong)word);
            uint meant = left < 32 ? toggled & ((1U << (int)left) - 1) : toggled;
            AddRuns(32 * (ulong)word, meant);
        }

        Advance();
    }

    /// <summary>Notes the runs of neighbouring blocks whose bit has changed.</summary>
    private void AddRuns(ulong firstBlock, uint toggled)
    {
        while (toggled != 0)
        {
            int start = BitOperations.TrailingZeroCount(toggled);
            int length = BitOperations.TrailingZeroCount(~(toggled >> start));
            ulong first = firstBlock + (ulong)start;
            _changed.Add((first << _blockShift, ((first + (ulong)length) << _blockShift) - 1));
            toggled &= length == 32 ? 0 : ~(((1U << length) - 1) << start);
        }
    }

    private void Advance()
    {
        if (_wholeWord && (_control.Value & AutoIncrementBit) != 0)
        {
            _index.Value = (_index.Value + 1) % (ulong)_words;
        }
    }

    private void ControlWritten()
    {
        bool busErrors = (_control.Value & ResponseBit) != 0;
        bool gated = (_control.Value & GateRequestBit) != 0;
        if (gated != _next.Gated)
        {
            _changed = [(0, Size - 1)];
        }

        if (busErrors != _next.BusErrors || gated != _next.Gated)
        {
            _next = _next with { BusErrors = busErrors, Gated = gated };
        }
    }

    private void EnableWritten()
    {
        bool enabled = _enable.Value != 0;
        if (enabled != _next.Interrupts)
        {
            _next = _next with { Interrupts = enabled };
        }

        SetStatus(_status.Value);
    }

    /// <summary>Everything that follows from INT_STAT and INT_EN: the line is both, and a taken record spares further reports.</summary>
    private void SetStatus(ulong status)
    {
        _status.Value = status;
        Volatile.Write(ref _recordIsTaken, status != 0);
        DriveInterrupt((status & _enable.Value) != 0);
    }

    private RegisterOutcome CommitChange()
    {
        bool gate = _next.Gated != Current.Gated;
        if (!ReferenceEquals(_next, Snapshot))
        {
            Commit(_next);
        }

        var scopes = new ScopeBuilder();
        foreach ((ulong first, ulong last) in _changed)
        {
            foreach (CheckerPort port in Ports)
            {
                scopes.Add(port.BaseAddress + first, port.BaseAddress + last, BothSecurities, AccessKinds.All);
            }
        }

        _changed.Clear();
        RegisterOutcome outcome = Invalidating(scopes);
        if (!gate)
        {
            return outcome;
        }

        _gateChange = NumberChange();
        if (!ReportsAcknowledgements || outcome.Scope is null)
        {
            ChangeAcknowledged(_gateChange);
            return outcome;
        }

        return outcome with { Change = _gateChange, CompletesAtOnce = true };
    }
}
