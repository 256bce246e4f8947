namespace Soc.Checkers.WorldGuard;

/// <content>Refusals in words.</content>
public sealed partial class WorldGuardChecker
{
    /// <inheritdoc/>
    public override string Explain(in Violation violation)
    {
        ulong address = violation.PhysicalAddress;
        int world = WorldGuard.WorldOf(violation.Attributes);
        if (world >= WorldGuard.Worlds)
        {
            return $"world {world} does not exist, there are {WorldGuard.Worlds}";
        }

        string verb = violation.Kind == Memory.AccessKind.Store ? "write" : "read";
        WorldGuardArea[] matching = [.. ((WorldGuardSnapshot)Snapshot).Areas.Where(area => area.First <= address && address <= area.Last)];
        return matching.Length switch
        {
            0 => "no slot matches, so slot 0 decides: no world has a right",
            1 => $"slot {matching[0].Slot} (0x{matching[0].First:x}-0x{matching[0].Last:x}, PERM 0x{matching[0].Permissions:x}) does not let world {world} {verb}",
            _ => $"none of the matching slots {string.Join(", ", matching.Select(area => $"{area.Slot} (PERM 0x{area.Permissions:x})"))} lets world {world} {verb}",
        };
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> RecordRegisters(in Violation violation) => ["ERRCAUSE", "ERRADDR"];
}
