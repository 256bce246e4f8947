using Soc.Checkers.Registers;
using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>
/// The granule protection checks of a SoC (Armv9-A FEAT_RME; arm-filters.md section 4): one instance in front of each initiator's
/// view of memory, configured by one page of registers each, all pages in one frame.
/// </summary>
/// <remarks>
/// The harts are RISC-V and have no EL3 system registers, so GPCCR_EL3 and GPTBR_EL3 appear as ROOT_GPT_BASE_CFG and ROOT_GPT_BASE of
/// a memory-mapped page in the style of the SMMU's, GPCCR_EL3.GPC as CR0.GPCEN, and the TLBI instructions by physical address as
/// ROOT_TLBI with its control register, whose RUN bit is the DSB of this interface. Rules live in tables in memory; what a table says
/// may be held by initiators until software invalidates it, and no table store drops anything.
/// </remarks>
public sealed partial class GpcChecker : Checker
{
    /// <summary>Bytes of one instance's register page; the frame has one for each instance, in order.</summary>
    public const ulong PageSize = 0x1000;

    private const uint FaultDetail = 0x40;
    private const int InstanceShift = 8;

    private readonly GpcOptions _options;
    private readonly InvalidationRegistry[] _registries;
    private readonly bool[] _faultTaken;
    private readonly bool[] _errorTaken;

    /// <summary>Builds all instances in their reset state: nothing is checked.</summary>
    /// <exception cref="CheckerConfigurationException">A number is out of its range.</exception>
    public GpcChecker(GpcOptions options)
        : base((options ?? throw new ArgumentNullException(nameof(options))).Name, options.AgentId)
    {
        options.Validate();
        _options = options;
        _registries = [.. Enumerable.Range(0, options.Instances).Select(_ => new InvalidationRegistry(Registry))];
        _faultTaken = new bool[options.Instances];
        _errorTaken = new bool[options.Instances];
        _running = new int[options.Instances];
        _acknowledgedControl = new ulong[options.Instances];
        _latestControl = new long[options.Instances];
        Registers = new RegisterMap(options.Name);
        DefineRegisters();
        Registers.Reset();
        Commit(CompileAll());
    }

    /// <inheritdoc/>
    public override RegisterMap Registers { get; }

    /// <summary>Number of instances.</summary>
    public int Instances => _options.Instances;

    /// <summary>
    /// Invalidations that dropped nothing because of a reserved value or a base not aligned to the size: most likely a mistake of the
    /// guest.
    /// </summary>
    public long IgnoredInvalidations { get; private set; }

    /// <summary>The configuration of an instance; one volatile read.</summary>
    public GpcConfiguration ConfigurationOf(int instance) => ((GpcConfiguration[])Snapshot)[instance];

    /// <summary>The physical address space of a transaction and the security state that sent it.</summary>
    public (SecuritySpace Space, SecuritySpace State) SpaceOf(TransactionAttributes attributes)
    {
        if (_options.SpaceOfWorld is not { } table || attributes.IsUnspecified)
        {
            return (attributes.Space, attributes.State);
        }

        SecuritySpace space = attributes.WorldId < table.Count ? table[attributes.WorldId] : SecuritySpace.NonSecure;
        return (space, space);
    }

    /// <summary>
    /// Puts an instance in front of an initiator's view of memory; done while the memory tree is built. The port is the whole of the
    /// initiator's physical address space, so it is best the only region of its root.
    /// </summary>
    /// <param name="tree">Where the blocked sink's address space is made.</param>
    /// <param name="name">Name for people.</param>
    /// <param name="instance">Number of the instance; several initiators may share one.</param>
    /// <param name="downstream">The system's address space as the initiator would see it without the check.</param>
    /// <param name="tables">Where descriptors are fetched; the same as <paramref name="downstream"/> when null.</param>
    /// <param name="fetcher">In whose name they are fetched, for the records of other checkers; nobody's when null.</param>
    /// <returns>The region to put into the initiator's tree at address 0.</returns>
    /// <exception cref="CheckerConfigurationException">There is no such instance.</exception>
    public GpcPort Protect(
        MemoryTree tree, string name, int instance, AddressSpace downstream, AddressSpace? tables = null, IInitiator? fetcher = null)
    {
        if (instance < 0 || instance >= Instances)
        {
            throw new CheckerConfigurationException($"checker '{Name}' has no instance {instance} for port '{name}'; it must be 0 to {Instances - 1}");
        }

        var port = new GpcPort(
            this, tree, name, instance, downstream, tables ?? downstream, fetcher ?? NoInitiator.Instance, _registries[instance]);
        AddPort(port);
        return port;
    }

    /// <inheritdoc/>
    public override InvalidationScope Reset()
    {
        Registers.Reset();
        Array.Clear(_running);
        _waiting.Clear();
        for (int instance = 0; instance < Instances; instance++)
        {
            SetTaken(_faultTaken, instance, false);
            SetTaken(_errorTaken, instance, false);
            _acknowledgedControl[instance] = _control[instance];
        }

        Commit(CompileAll());
        return Invalidating(InvalidationScope.Everything);
    }

    /// <inheritdoc/>
    public override bool CanRecord(in Violation violation) =>
        (violation.Detail & FaultDetail) != 0 && !Volatile.Read(ref RecordOf(violation.Detail)[InstanceOf(violation.Detail)]);

    /// <summary>A refusal's detail: instance and GPCSC.</summary>
    internal static uint DetailOf(int instance, in GpcVerdict verdict) =>
        ((uint)instance << InstanceShift) | FaultDetail | (uint)verdict.StatusCode;

    /// <inheritdoc/>
    protected override bool TakeRecord(in Violation violation)
    {
        int instance = InstanceOf(violation.Detail);
        bool[] taken = RecordOf(violation.Detail);
        if ((violation.Detail & FaultDetail) == 0 || taken[instance])
        {
            return false;
        }

        Register record = ReferenceEquals(taken, _faultTaken) ? _faultRecord : _errorRecord;
        record[instance] = new GpcRecord(
            SpaceOf(violation.Attributes).Space, violation.PhysicalAddress & ~(PageSize - 1), (int)(violation.Detail & 0x3F), violation.Kind,
            violation.Attributes.IsTableWalk).Encode();
        SetTaken(taken, instance, true);
        return true;
    }

    private static int InstanceOf(uint detail) => (int)(detail >> InstanceShift);

    private static void SetTaken(bool[] taken, int instance, bool value) => Volatile.Write(ref taken[instance], value);

    private bool[] RecordOf(uint detail) =>
        (GpcFaultKind)((detail & 0x3F) >> 2) == GpcFaultKind.GranuleProtection ? _faultTaken : _errorTaken;

    private GpcConfiguration[] CompileAll() => [.. Enumerable.Range(0, Instances).Select(Compile)];

    private GpcConfiguration Compile(int instance) => new(
        (_control[instance] & AccessEnableBit) != 0, (_control[instance] & CheckEnableBit) != 0, (uint)_tableControl[instance], _tableBase[instance], _options);
}
