using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Checkers.Tzc400;

/// <summary>The TZC-400 in topologies (arm-filters.md section 3).</summary>
public sealed class Tzc400Declaration : CheckerDeclaration
{
    private const string DecodeError = "decode-error";

    /// <inheritdoc/>
    public override string Word => "tzc-400";

    /// <inheritdoc/>
    public override string Description => "CoreLink TZC-400: nine regions for up to four filters, by security and NSAID.";

    /// <inheritdoc/>
    public override IReadOnlyList<CheckerOption> Options { get; } =
    [
        CheckerOption.Integer("filters", "Filter units; default 4.", 1, 4, 4) with { Specification = "NO_OF_FILTERS" },
        CheckerOption.Integer("address-bits", "Address width in bits; default 40.", 32, 64, 40) with { Specification = "ADDRESS_WIDTH" },
        CheckerOption.Integer("bus-id-bits", "Width in bits of the bus id in FAIL_ID; default 24.", 1, 24, 24),
        CheckerOption.Word("closed-gate", "What becomes of an access at a closed gate: reads give zero and writes are dropped (default), or a decode error of the bus.", "raz-wi", DecodeError),
        new("filter-of", CheckerOptionType.NumberByTarget, "The filter in front of each protected thing; default 0.") { Maximum = 3 },
    ];

    /// <inheritdoc/>
    public override void Validate(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        int filters = setup.Settings.Integer("filters");
        foreach (CheckerTarget target in setup.Targets)
        {
            int filter = setup.Settings.NumberOf("filter-of", target.Name);
            if (filter >= filters)
            {
                setup.Settings.Complain("filter-of", $"'{target.Name}' is behind filter {filter}, and there are {filters}", $"use filters from 0 to {filters - 1}, or raise 'filters'");
            }
        }
    }

    /// <inheritdoc/>
    public override Checker Create(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new Tzc400Checker(new Tzc400Options(setup.Name, setup.AgentId)
        {
            Filters = setup.Settings.Integer("filters"),
            AddressBits = setup.Settings.Integer("address-bits"),
            BusIdBits = setup.Settings.Integer("bus-id-bits"),
            ClosedGate = setup.Settings.Word("closed-gate") == DecodeError ? Tzc400ClosedGate.DecErr : Tzc400ClosedGate.RazWi,
        });
    }

    /// <inheritdoc/>
    public override CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return ((Tzc400Checker)checker).Protect(tree, name, target.Base, target.Size, downstream, setup.Settings.NumberOf("filter-of", target.Name));
    }
}
