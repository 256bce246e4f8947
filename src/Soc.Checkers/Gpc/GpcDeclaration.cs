using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Checkers.Gpc;

/// <summary>The granule protection checks in topologies (arm-filters.md section 4).</summary>
public sealed class GpcDeclaration : CheckerDeclaration
{
    private static readonly string[] _spaces = ["secure", "non-secure", "root", "realm"];

    /// <inheritdoc/>
    public override string Word => "gpc";

    /// <inheritdoc/>
    public override string Description => "Arm's granule protection check: tables in memory say to which physical address space each granule belongs.";

    /// <inheritdoc/>
    public override CheckerPlacements Placements => CheckerPlacements.Initiators;

    /// <inheritdoc/>
    public override IReadOnlyList<CheckerOption> Options { get; } =
    [
        new("instance-of", CheckerOptionType.NumberByTarget, "Number of each initiator's instance and register page; default one of its own for each, in the order of 'initiators'.") { Maximum = 1023 },
        CheckerOption.Integer("address-bits", "Physical address bits: 32, 36, 40, 42, 44, 48 or 52; default 48.", 32, 52, 48) with { Specification = "address bits" },
        CheckerOption.Integer("level-0-bits", "Base-2 logarithm of the bytes for each level-0 entry: 30, 34, 36 or 39; default 30.", 30, 39, 30) with { Specification = "level-0" },
        CheckerOption.Flag("secure-el2", "GPI 0b1000 is defined; default true.", true),
        CheckerOption.Flag("gpc2", "FEAT_RME_GPC2: the fields SPAD, NSPAD, RLPAD, NSO and APPSAA exist; default true.", true) with { Specification = "FEAT_RME_GPC2" },
        CheckerOption.Flag("gdi", "GPIs 0b0100 (SA) and 0b0101 (NSP) are defined; default true.", true),
        CheckerOption.Numbers("closed-at-reset", "Instances whose CR0.ACCESSEN is 0 after reset, as of a DMA engine behind an SMMU; default none.", 1023),
        CheckerOption.Flag("lazy-control", "Writes of CR0 drop no cached verdict; software must invalidate."),
        CheckerOption.Flag("root-only-registers", "Only accesses in the Root space reach the registers; default true.", true),
        new("space-of-world", CheckerOptionType.Rows, "Physical address space of each world; worlds that are not listed are Non-secure. Without it transactions carry their space ('security' of the initiator).")
        {
            Columns =
            [
                CheckerOption.Integer("world", "The world.", 0, 31) with { IsRequired = true },
                CheckerOption.Word("space", "Its physical address space.", _spaces) with { IsRequired = true },
            ],
        },
    ];

    /// <inheritdoc/>
    public override RegisterBlock BlockOf(CheckerSetup setup) => new(0, (ulong)InstancesOf(setup) * GpcChecker.PageSize);

    /// <inheritdoc/>
    public override Checker Create(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        CheckerSettings settings = setup.Settings;
        IReadOnlyList<int> closed = settings.Numbers("closed-at-reset");
        return new GpcChecker(new GpcOptions(setup.Name, setup.AgentId, InstancesOf(setup))
        {
            AddressBits = settings.Integer("address-bits"),
            LevelZeroBits = settings.Integer("level-0-bits"),
            HasSecureEl2 = settings.Flag("secure-el2"),
            HasGpc2 = settings.Flag("gpc2"),
            HasGdi = settings.Flag("gdi"),
            AccessEnabledAtReset = instance => !closed.Contains(instance),
            LazyControl = settings.Flag("lazy-control"),
            RootOnlyRegisters = settings.Flag("root-only-registers"),
            SpaceOfWorld = SpacesOf(settings),
        });
    }

    /// <inheritdoc/>
    public override CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(target);
        return ((GpcChecker)checker).Protect(tree, name, InstanceOf(setup, target), downstream);
    }

    private static int InstancesOf(CheckerSetup setup) => setup.Targets.Select(target => InstanceOf(setup, target) + 1).DefaultIfEmpty(1).Max();

    private static int InstanceOf(CheckerSetup setup, CheckerTarget target)
    {
        if (setup.Settings.Has("instance-of"))
        {
            return setup.Settings.NumberOf("instance-of", target.Name);
        }

        int index = 0;
        while (setup.Targets[index].Name != target.Name)
        {
            index++;
        }

        return index;
    }

    private static SecuritySpace[]? SpacesOf(CheckerSettings settings)
    {
        IReadOnlyList<CheckerSettings> rows = settings.Rows("space-of-world");
        if (rows.Count == 0)
        {
            return null;
        }

        var spaces = new SecuritySpace[rows.Max(row => row.Integer("world")) + 1];
        Array.Fill(spaces, SecuritySpace.NonSecure);
        foreach (CheckerSettings row in rows)
        {
            spaces[row.Integer("world")] = (SecuritySpace)Array.IndexOf(_spaces, row.Word("space"));
        }

        return spaces;
    }
}
