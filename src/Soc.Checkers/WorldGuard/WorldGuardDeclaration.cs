using Soc.Checkers.Declaration;
using Soc.Memory;

namespace Soc.Checkers.WorldGuard;

/// <summary>WorldGuard's wgChecker in topologies (worldguard.md section 3).</summary>
public sealed class WorldGuardDeclaration : CheckerDeclaration
{
    private const ulong PageSize = 4096;
    private const string PowerOfTwo = "napot";
    private const string OffWord = "off";

    /// <inheritdoc/>
    public override string Word => "wgchecker";

    /// <inheritdoc/>
    public override string Description => "WorldGuard's wgChecker: slots that say what each world may read and write.";

    /// <inheritdoc/>
    public override bool NeedsWorlds => true;

    /// <inheritdoc/>
    public override IReadOnlyList<CheckerOption> Options { get; } =
    [
        CheckerOption.Integer("slots", "Slots, not counting slot 0; default 16.", 1, 126, 16) with { Specification = "NSLOTS" },
        new("range", CheckerOptionType.Range, "The checker's address range: full, or a naturally aligned power of two."),
        CheckerOption.Flag("hw-bypass", "Starts open for the trusted world; default what the machine says.") with { Specification = "HWBypass" },
        CheckerOption.Integer("vendor", "The VENDOR register.", 0, uint.MaxValue) with { Specification = "VENDOR" },
        CheckerOption.Integer("implementation", "The IMPID register.", 0, uint.MaxValue) with { Specification = "IMPID" },
        new("reset-slots", CheckerOptionType.Rows, "Slots that are set at reset, instead of the kind's own reset state.")
        {
            Columns =
            [
                CheckerOption.Integer("slot", "Number of the slot.", 1, 126) with { IsRequired = true },
                CheckerOption.Word("match", "Which addresses it matches: none, from the end of the slot below up to its address, or a block.", OffWord, "tor", PowerOfTwo) with { IsRequired = true },
                new("address", CheckerOptionType.Address, "End of the area (tor), or first byte of the block (napot).") { IsRequired = true },
                CheckerOption.Size("size", "Bytes of a napot block: a power of two, at least 4 KiB."),
                new("permissions", CheckerOptionType.DirectionsByWorld, "What each world may do: a mapping from world to r, w or rw."),
                new("error", CheckerOptionType.Directions, "Which refused accesses answer with a bus error."),
                new("interrupt", CheckerOptionType.Directions, "Which refused accesses raise the checker's interrupt."),
                CheckerOption.Flag("lock", "The slot cannot be changed until reset."),
            ],
        },
    ];

    /// <inheritdoc/>
    public override void Validate(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        if (setup.Settings.Range("range") is { Size: > 0 } range)
        {
            foreach (CheckerTarget target in setup.Targets)
            {
                ulong last = target.Base + (target.Size - 1);
                if (target.Base < range.Start || last > range.Start + (range.Size - 1))
                {
                    target.Complain(
                        $"'{target.Name}' (0x{target.Base:x}-0x{last:x}) is not inside the checker's range", "enlarge the range, or write 'range: full'");
                }
            }
        }

        int slots = setup.Settings.Integer("slots");
        var seen = new HashSet<int>();
        foreach (CheckerSettings row in setup.Settings.Rows("reset-slots"))
        {
            if (row.Has("slot") && row.Integer("slot") > slots)
            {
                row.Complain("slot", $"{row.Integer("slot")} is out of range", $"give a whole number from 1 to {slots}");
            }
            else if (row.Has("slot") && !seen.Add(row.Integer("slot")))
            {
                row.Complain("slot", $"slot {row.Integer("slot")} is described twice", "describe each slot once");
            }

            ValidateArea(row, slots);
        }
    }

    /// <inheritdoc/>
    public override Checker Create(CheckerSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        CheckerSettings settings = setup.Settings;
        return new WorldGuardChecker(new WorldGuardCheckerOptions(
            setup.Name, setup.AgentId, settings.Integer("slots"), setup.WorldGuard ?? throw new CheckerConfigurationException($"checker '{setup.Name}' needs a machine with worlds"))
        {
            Range = settings.Range("range"),
            HwBypass = settings.Flag("hw-bypass"),
            Vendor = (uint)settings.Number("vendor"),
            Implementation = (uint)settings.Number("implementation"),
            DefaultSlots = SlotsOf(settings),
        });
    }

    /// <inheritdoc/>
    public override CheckerPort Protect(
        Checker checker, MemoryTree tree, string name, CheckerTarget target, AddressSpace downstream, CheckerSetup setup) =>
        ((WorldGuardChecker)checker).Protect(tree, name, target.Base, target.Size, downstream);

    /// <summary>Slots 1.. up to the last one described; those between are off.</summary>
    internal static WorldGuardSlot[] SlotsOf(CheckerSettings settings)
    {
        IReadOnlyList<CheckerSettings> rows = settings.Rows("reset-slots");
        var slots = new WorldGuardSlot[rows.Count == 0 ? 0 : rows.Max(row => row.Integer("slot"))];
        foreach (CheckerSettings row in rows)
        {
            ulong address = row.Number("address") >> 2;
            int match = row.Word("match") switch { "tor" => 1, PowerOfTwo => 3, _ => 0 };
            slots[row.Integer("slot") - 1] = new WorldGuardSlot(
                match == 3 ? address | ((row.Number("size") >> 3) - 1) : address,
                row.DirectionsByWorld("permissions"),
                (uint)match | ((uint)row.Directions("error") << 8) | ((uint)row.Directions("interrupt") << 10) | (row.Flag("lock") ? 1U << 31 : 0));
        }

        return slots;
    }

    private static void ValidateArea(CheckerSettings row, int slots)
    {
        bool block = row.Word("match") == PowerOfTwo;
        ulong address = row.Number("address");

        // An OFF slot keeps its address as it is (worldguard.md section 3.3); it can be the lower bound of the slot above.
        ulong alignment = row.Word("match") == OffWord ? 4 : PageSize;
        if (address % alignment != 0)
        {
            ulong below = address - (address % alignment);
            row.Complain("address", $"0x{address:x} is not a multiple of 0x{alignment:x}", $"use 0x{below:x} or 0x{below + alignment:x}");
        }

        if (!block)
        {
            return;
        }

        ulong size = row.Number("size");
        if (!row.Has("size"))
        {
            row.Complain("size", "is missing", "give a size such as 256MiB, 0x1000 or 4096");
        }
        else if ((size & (size - 1)) != 0 || size < PageSize || address % size != 0)
        {
            row.Complain("size", $"0x{size:x} bytes at 0x{address:x} is no naturally aligned power of two of at least 4096", "use 'match: tor', or change address and size");
        }

        if (row.Integer("slot") == slots)
        {
            row.Complain("match", "the last slot can only be off or tor", "use another slot, or 'match: tor'");
        }
    }
}
