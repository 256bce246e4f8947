using System.Numerics;
using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Checkers.Mpc;

/// <summary>The MPC in topologies (arm-filters.md section 2).</summary>
public sealed class MpcDeclaration : CheckerDeclaration
{
    /// <inheritdoc/>
    public override string Word => "mpc";

    /// <inheritdoc/>
    public override string Description => "Memory protection controller of SIE-200: each block of one memory is for Secure or for Non-secure accesses.";

    /// <inheritdoc/>
    public override IReadOnlyList<CheckerOption> Options { get; } =
    [
        CheckerOption.Size("block-size", "Bytes of a block: a power of two from 32 to 1 MiB; default 4KiB.", 4096) with { Specification = "BLK_SIZE" },
        CheckerOption.Flag("auto-increment-at-reset", "CTRL.AUTOINC after reset; default true.", true),
        CheckerOption.Flag("interrupt-enabled-at-reset", "INT_EN after reset; default true.", true),
        CheckerOption.Flag("gating", "CTRL has the gating request and acknowledge bits; default false."),
    ];

    /// <inheritdoc/>
    public override void Validate(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ulong block = setup.Settings.Number("block-size");
        if (!BitOperations.IsPow2(block) || block is < 32 or > 1 << 20)
        {
            setup.Settings.Complain("block-size", $"{block} bytes is no block of an MPC", "use a power of two from 32 to 1MiB");
            return;
        }

        foreach (CheckerTarget target in setup.Targets.Skip(1))
        {
            target.Complain("an MPC protects one memory", "give every memory an MPC of its own");
        }

        if (setup.Targets.Count > 0 && setup.Targets[0].Size % block != 0)
        {
            setup.Targets[0].Complain(
                $"'{setup.Targets[0].Name}' has 0x{setup.Targets[0].Size:x} bytes, which is no multiple of the block size 0x{block:x}", "protect a memory, or use smaller blocks");
        }
    }

    /// <inheritdoc/>
    public override Checker Create(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new MpcChecker(new MpcOptions(setup.Name, setup.AgentId, setup.Targets[0].Size)
        {
            BlockSize = setup.Settings.Number("block-size"),
            AutoIncrementAtReset = setup.Settings.Flag("auto-increment-at-reset"),
            InterruptEnabledAtReset = setup.Settings.Flag("interrupt-enabled-at-reset"),
            Gating = setup.Settings.Flag("gating"),
        });
    }

    /// <inheritdoc/>
    public override CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup) =>
        ((MpcChecker)checker).Protect(tree, name, target.Base, downstream);
}
