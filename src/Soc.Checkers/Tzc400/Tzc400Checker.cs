using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.Tzc400;

/// <summary>
/// A CoreLink TZC-400 (arm-filters.md section 3): up to four filters share nine regions, which say separately for Secure
/// accesses and for each NSAID what may be read and written.
/// </summary>
/// <remarks>
/// The world of a transaction carries the NSAID in its low 4 bits and VNET in the high 4; its requester is the bus id.
/// Checks come first, whatever SPECULATION_CTRL says: no refused access is seen downstream, unless the options ask for shadows. A
/// gate's status follows its request when all answers cached behind the filter are dropped.
/// </remarks>
public sealed partial class Tzc400Checker : Checker
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong BlockSize = 0x1000;

    private const int RegionCount = 9;
    private const int OverrunShift = 8;
    private const int OverlapShift = 16;
    private const uint RecordDetail = 1;
    private const uint OverlapDetail = 2;
    private const int FilterDetailShift = 4;
    private const ulong PageBits = 0xFFF;
    private const ulong AllIdentities = (1UL << Tzc400Snapshot.Identities) - 1;

    private readonly Tzc400Options _options;
    private readonly ulong _lastAddress;
    private readonly Register _action;
    private readonly Register _gates;
    private readonly Register _speculation;
    private readonly Register _status;
    private readonly Register _failAddressLow;
    private readonly Register _failAddressHigh;
    private readonly Register _failControl;
    private readonly Register _failId;
    private readonly Register _baseLow;
    private readonly Register _baseHigh;
    private readonly Register _topLow;
    private readonly Register _topHigh;
    private readonly Register _attributes;
    private readonly Register _idAccess;
    private bool _written;
    private ulong _publishedStatus;

    /// <summary>Builds a TZC-400 in its reset state: all gates closed.</summary>
    /// <exception cref="CheckerConfigurationException">A number is out of its range.</exception>
    public Tzc400Checker(Tzc400Options options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Name, options.AgentId)
    {
        Require(options.Name, "filters", options.Filters, 1, 4);
        Require(options.Name, "address bits", options.AddressBits, 32, 64);
        Require(options.Name, "bus id bits", options.BusIdBits, 1, 24);
        _options = options;
        _lastAddress = ulong.MaxValue >> (64 - options.AddressBits);
        int lastFilter = options.Filters - 1;
        ulong allFilters = (1UL << options.Filters) - 1;

        Registers = new RegisterMap(options.Name);
        Registers.Define("BUILD_CONFIG", 0x000, 4)
            .Field("NO_OF_REGIONS", 4, 0, RegisterAccess.ReadOnly, RegionCount - 1)
            .Field("ADDRESS_WIDTH", 13, 8, RegisterAccess.ReadOnly, (ulong)options.AddressBits - 1)
            .Field("NO_OF_FILTERS", 25, 24, RegisterAccess.ReadOnly, (ulong)lastFilter);
        _action = Registers.Define("ACTION", 0x004, 4)
            .Field("REACTION_VALUE", 1, 0, RegisterAccess.ReadWrite)
            .WhenWritten((_, _, _) => ActionWritten());
        _gates = Registers.Define("GATE_KEEPER", 0x008, 4)
            .Field("OPEN_REQUEST", lastFilter, 0, RegisterAccess.ReadWrite)
            .Field("OPEN_STATUS", 16 + lastFilter, 16, RegisterAccess.ReadOnly)
            .ShownAs((_, requested) => requested | (_openGates << 16))
            .WhenWritten((_, _, _) => _written = true);
        _speculation = Registers.Define("SPECULATION_CTRL", 0x00C, 4)
            .Bit("READSPEC_DISABLE", 0, RegisterAccess.ReadWrite)
            .Bit("WRITESPEC_DISABLE", 1, RegisterAccess.ReadWrite)
            .WhenWritten((_, _, _) => _written = true);
        _status = Registers.Define("INT_STATUS", 0x010, 4)
            .Field("STATUS", lastFilter, 0, RegisterAccess.ReadOnly)
            .Field("OVERRUN", OverrunShift + lastFilter, OverrunShift, RegisterAccess.ReadOnly)
            .Field("OVERLAP", OverlapShift + lastFilter, OverlapShift, RegisterAccess.ReadOnly);
        Registers.Define("INT_CLEAR", 0x014, 4)
            .Field("CLEAR", lastFilter, 0, RegisterAccess.WriteOnly)
            .WhenWritten((_, _, filters) => SetStatus(_status!.Value & ~(filters | (filters << OverrunShift) | (filters << OverlapShift))));
        _failAddressLow = PerFilter("FAIL_ADDRESS_LOW_{0}", 0x020).Field("ADDR_STATUS_LOW", 31, 0, RegisterAccess.ReadOnly);
        _failAddressHigh = HighWord(PerFilter("FAIL_ADDRESS_HIGH_{0}", 0x024), "ADDR_STATUS_HIGH", RegisterAccess.ReadOnly);
        _failControl = PerFilter("FAIL_CONTROL_{0}", 0x028)
            .Bit("PRIVILEGED", 20, RegisterAccess.ReadOnly)
            .Bit("NON_SECURE", 21, RegisterAccess.ReadOnly)
            .Bit("DIRECTION", 24, RegisterAccess.ReadOnly);
        _failId = PerFilter("FAIL_ID_{0}", 0x02C)
            .Field("ID", options.BusIdBits - 1, 0, RegisterAccess.ReadOnly)
            .Field("VNET", 27, 24, RegisterAccess.ReadOnly);
        _baseLow = RegionAddress("REGION_BASE_LOW_{0}", 0x100).Field("BASE_ADDRESS_LOW", 31, 12, RegisterAccess.ReadWrite);
        _baseHigh = HighWord(RegionAddress("REGION_BASE_HIGH_{0}", 0x104), "BASE_ADDRESS_HIGH", RegisterAccess.ReadWrite);
        _topLow = RegionAddress("REGION_TOP_LOW_{0}", 0x108)
            .Field("ONES", 11, 0, RegisterAccess.ReadOnly, PageBits)
            .Field("TOP_ADDRESS_LOW", 31, 12, RegisterAccess.ReadWrite)
            .ResetsTo(region => region == 0 ? uint.MaxValue : PageBits);
        _topHigh = HighWord(RegionAddress("REGION_TOP_HIGH_{0}", 0x10C), "TOP_ADDRESS_HIGH", RegisterAccess.ReadWrite)
            .ResetsTo(region => region == 0 ? _lastAddress >> 32 : 0);
        _attributes = PerRegion("REGION_ATTRIBUTES_{0}", 0x110)
            .Field("FILTER_EN", lastFilter, 0, RegisterAccess.ReadWrite)
            .Bit("S_RD_EN", 30, RegisterAccess.ReadWrite)
            .Bit("S_WR_EN", 31, RegisterAccess.ReadWrite)
            .ResetsTo(region => region == 0 ? allFilters : 0)
            .FrozenBits("region 0: FILTER_EN", region => region == 0 ? allFilters : 0);
        _idAccess = PerRegion("REGION_ID_ACCESS_{0}", 0x114)
            .Field("NSAID_RD_EN", 15, 0, RegisterAccess.ReadWrite)
            .Field("NSAID_WR_EN", 31, 16, RegisterAccess.ReadWrite);
        PrimeCellIdentification.Define(Registers, "PID", "CID", 0xB4, 0x2B);
        Registers.Reset();
        Commit(Compile());
    }

    /// <inheritdoc/>
    public override RegisterMap Registers { get; }

    /// <summary>Number of filter units.</summary>
    public int Filters => _options.Filters;

    /// <summary>The current configuration.</summary>
    public Tzc400Snapshot Current => (Tzc400Snapshot)Snapshot;

    /// <summary>What becomes of an access at a closed gate.</summary>
    public Tzc400ClosedGate ClosedGate => _options.ClosedGate;

    /// <summary>Whether a transaction is Non-secure; one without attributes counts as Secure.</summary>
    public static bool IsNonSecure(TransactionAttributes attributes) => !attributes.IsUnspecified && !attributes.IsSecure;

    /// <summary>The NSAID of a transaction, 0..15.</summary>
    public static int AccessIdOf(TransactionAttributes attributes) => attributes.WorldId & 0xF;

    /// <summary>VNET of a transaction, 0..15.</summary>
    public static int VirtualNetworkOf(TransactionAttributes attributes) => attributes.WorldId >> 4;

    /// <summary>The world id that carries an NSAID and VNET.</summary>
    /// <param name="accessId">NSAID, 0..15.</param>
    /// <param name="virtualNetwork">VNET, 0..15.</param>
    public static byte WorldOf(int accessId, int virtualNetwork) => (byte)((virtualNetwork << 4) | (accessId & 0xF));

    /// <summary>Puts a region behind a filter; done while the memory tree is built.</summary>
    /// <param name="tree">Where the blocked sink's address space is made.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="baseAddress">Physical address of the region's first byte on the initiators' bus.</param>
    /// <param name="size">Bytes; 0 stands for 2^64.</param>
    /// <param name="downstream">Where permitted accesses go on, at their physical address.</param>
    /// <param name="filter">Number of the filter.</param>
    /// <returns>The region to put into the initiators' trees at <paramref name="baseAddress"/>.</returns>
    /// <exception cref="CheckerConfigurationException">There is no such filter.</exception>
    public Tzc400Port Protect(MemoryTree tree, string name, ulong baseAddress, ulong size, AddressSpace downstream, int filter)
    {
        Require(Name, $"as the filter of region '{name}', number", filter, 0, Filters - 1);
        var port = new Tzc400Port(this, tree, name, baseAddress, size, downstream, filter);
        AddPort(port);
        return port;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Takes aligned 32-bit accesses of either security; the system keeps the frame Secure if it wants to. Offsets from
    /// <see cref="CheckerPort.WaitingOffset"/> on are accesses that wait at a closed gate.
    /// </remarks>
    public override RegisterOutcome Access(in BusAccess access, ulong value)
    {
        if (access.Offset >= CheckerPort.WaitingOffset && WaitingPort(access.PhysicalAddress) is { } port)
        {
            return Deliver(port, access, value);
        }

        if (access.Size != 4 || access.Offset % 4 != 0)
        {
            return RegisterOutcome.Refused;
        }

        if (access.Kind != AccessKind.Store)
        {
            return new RegisterOutcome(AccessResult.Ok, Registers.Read(access.Offset, 4), null);
        }

        _written = false;
        Registers.Write(access.Offset, 4, value);
        return _written ? CommitChange() : RegisterOutcome.Nothing;
    }

    /// <inheritdoc/>
    public override InvalidationScope Reset()
    {
        Registers.Reset();
        SetStatus(0);
        _openGates = 0;
        _requestedGates = 0;
        Array.Clear(_gateChanges);
        Commit(Compile());
        return Invalidating(InvalidationScope.Everything);
    }

    /// <inheritdoc/>
    public override bool CanRecord(in Violation violation)
    {
        ulong status = Volatile.Read(ref _publishedStatus);
        return (violation.Detail & RecordDetail) != 0 && StatusAfter(status, violation.Detail) != status;
    }

    /// <summary>A refusal's detail: which filter it is to be recorded for, and whether it was an overlap.</summary>
    internal static uint DetailOf(int filter, bool overlap) =>
        RecordDetail | (overlap ? OverlapDetail : 0) | ((uint)filter << FilterDetailShift);

    /// <inheritdoc/>
    protected override bool TakeRecord(in Violation violation)
    {
        if ((violation.Detail & RecordDetail) == 0)
        {
            return false;
        }

        int filter = (int)(violation.Detail >> FilterDetailShift);
        bool first = ((_status.Value >> filter) & 1) == 0;
        if (first)
        {
            _failAddressLow[filter] = (uint)violation.PhysicalAddress;
            _failAddressHigh[filter] = (violation.PhysicalAddress & _lastAddress) >> 32;
            _failControl[filter] = (violation.Kind == AccessKind.Store ? 1UL << 24 : 0) |
                (IsNonSecure(violation.Attributes) ? 1UL << 21 : 0) |
                (violation.Attributes.IsUser ? 0 : 1UL << 20);
            _failId[filter] = (violation.Attributes.RequesterId & ((1UL << _options.BusIdBits) - 1)) |
                ((ulong)VirtualNetworkOf(violation.Attributes) << 24);
        }

        SetStatus(StatusAfter(_status.Value, violation.Detail));
        return first;
    }

    private static void Require(string name, string what, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new CheckerConfigurationException($"checker '{name}' has {what} {value}; it must be {least} to {most}");
        }
    }

    /// <summary>INT_STATUS after a failure: the first sets STATUS, later ones OVERRUN.</summary>
    private static ulong StatusAfter(ulong status, uint detail)
    {
        int filter = (int)(detail >> FilterDetailShift);
        ulong seen = ((status >> filter) & 1) == 0 ? 1UL << filter : 1UL << (OverrunShift + filter);
        return status | seen | ((detail & OverlapDetail) != 0 ? 1UL << (OverlapShift + filter) : 0);
    }

    private Register PerFilter(string name, ulong offset) => Registers.DefineArray(name, offset, 0x10, Filters, 4);

    private Register PerRegion(string name, ulong offset) => Registers.DefineArray(name, offset, 0x20, RegionCount, 4)
        .WhenWritten((_, _, _) => _written = true);

    private Register RegionAddress(string name, ulong offset) =>
        PerRegion(name, offset).LockedWhen("region 0", region => region == 0);

    private Register HighWord(Register register, string field, RegisterAccess access) =>
        _options.AddressBits > 32 ? register.Field(field, _options.AddressBits - 33, 0, access) : register;

    private void ActionWritten()
    {
        _written = true;
        SetStatus(_status.Value);
    }

    /// <summary>Everything that follows from INT_STATUS: the line is its level, and a full record spares further reports.</summary>
    private void SetStatus(ulong status)
    {
        _status.Value = status;
        Volatile.Write(ref _publishedStatus, status);
        DriveInterrupt((_action.Value & 2) != 0 && (status & 0xF) != 0);
    }

    private RegisterOutcome CommitChange()
    {
        ulong requested = _gates.Value ^ _requestedGates;
        _requestedGates = _gates.Value;
        if (!ReportsAcknowledgements)
        {
            _openGates = _gates.Value;
        }

        Tzc400Snapshot before = Current;
        Tzc400Snapshot next = Compile();
        if (!next.SameAs(before))
        {
            Commit(next);
        }

        var scopes = new ScopeBuilder();
        foreach (CheckerPort checkerPort in Ports)
        {
            var port = (Tzc400Port)checkerPort;
            if (next.IsOpening(port.Filter) && !before.IsOpening(port.Filter))
            {
                // Also what an open gate will refuse: nothing that the closed gate said may be kept.
                scopes.AddThrough([port], 0, ulong.MaxValue, AllIdentities, AccessKinds.All);
                continue;
            }

            foreach ((ulong first, ulong last, Tzc400Rights was, Tzc400Rights becomes) in before.Filters[port.Filter].DifferencesTo(next.Filters[port.Filter]))
            {
                (ulong indexes, AccessKinds kinds) = Differing(was, becomes);
                if (indexes != 0)
                {
                    scopes.AddThrough([port], first, last, indexes, kinds);
                }
            }
        }

        return FollowGates(Invalidating(scopes), requested);
    }

    private static (ulong Indexes, AccessKinds Kinds) Differing(Tzc400Rights was, Tzc400Rights becomes)
    {
        ulong indexes = 0;
        AccessKinds kinds = AccessKinds.None;
        for (int index = 0; index < Tzc400Snapshot.Identities; index++)
        {
            int toggled = was.Of(index) ^ becomes.Of(index);
            if (toggled != 0)
            {
                indexes |= 1UL << index;
                kinds |= (toggled & Tzc400Rights.Read) != 0 ? AccessKinds.Reads : AccessKinds.None;
                kinds |= (toggled & Tzc400Rights.Write) != 0 ? AccessKinds.Store : AccessKinds.None;
            }
        }

        return (indexes, kinds);
    }

    private Tzc400Snapshot Compile()
    {
        var regions = new Tzc400Region[RegionCount];
        for (int region = 0; region < RegionCount; region++)
        {
            ulong attributes = _attributes[region];
            regions[region] = new Tzc400Region(
                _baseLow[region] | (_baseHigh[region] << 32),
                _topLow[region] | (_topHigh[region] << 32),
                (uint)attributes & 0xF,
                new Tzc400Rights((attributes & (1UL << 30)) != 0, (attributes & (1UL << 31)) != 0, (uint)_idAccess[region]));
        }

        var filters = new Tzc400FilterTable[Filters];
        for (int filter = 0; filter < Filters; filter++)
        {
            filters[filter] = ((_gates.Value >> filter) & 1) == 0 ? Tzc400FilterTable.Closed
                : ((_openGates >> filter) & 1) == 0 ? Tzc400FilterTable.Opening
                : Tzc400FilterTable.Compile(regions, filter, _lastAddress);
        }

        return new Tzc400Snapshot(filters, (int)_action.Value, _options.ClosedGate, _options.ShadowAccesses && (_speculation.Value & 1) == 0, regions);
    }
}
