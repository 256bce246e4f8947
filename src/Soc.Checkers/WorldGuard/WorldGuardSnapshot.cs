using Soc.Memory;

namespace Soc.Checkers.WorldGuard;

/// <summary>
/// What the slots of a wgChecker mean, compiled at commit: the address space cut into intervals inside which every world
/// has one answer per direction (worldguard.md section 4). Immutable.
/// </summary>
public sealed class WorldGuardSnapshot
{
    private readonly ulong[] _starts;
    private readonly ulong[] _permissions;
    private readonly byte[] _errors;
    private readonly WorldTable[] _worlds;

    private WorldGuardSnapshot(ulong[] starts, ulong[] permissions, byte[] errors, int worlds, IReadOnlyList<WorldGuardArea> areas)
    {
        Areas = areas;
        _starts = starts;
        _permissions = permissions;
        _errors = errors;
        _worlds = new WorldTable[worlds];
        for (int world = 0; world < worlds; world++)
        {
            _worlds[world] = WorldTable.Of(starts, permissions, world);
        }
    }

    /// <summary>Number of intervals with one answer each.</summary>
    public int IntervalCount => _starts.Length;

    /// <summary>The areas of slots that are not OFF, for explanations.</summary>
    internal IReadOnlyList<WorldGuardArea> Areas { get; }

    /// <summary>Compiles matching areas; there is no priority, all that match an address are pooled.</summary>
    /// <param name="areas">The non-empty areas of slots that are not OFF.</param>
    /// <param name="unmatchedErrors">Error flags where no area matches (slot 0).</param>
    /// <param name="worlds">Number of worlds.</param>
    internal static WorldGuardSnapshot Compile(List<WorldGuardArea> areas, byte unmatchedErrors, int worlds)
    {
        var edges = new ulong[(2 * areas.Count) + 1];
        int count = 1;
        foreach (WorldGuardArea area in areas)
        {
            edges[count++] = area.First;
            if (area.Last != ulong.MaxValue)
            {
                edges[count++] = area.Last + 1;
            }
        }

        Array.Sort(edges, 0, count);
        var starts = new ulong[count];
        var permissions = new ulong[count];
        var errors = new byte[count];
        int used = 0;
        for (int index = 0; index < count; index++)
        {
            ulong edge = edges[index];
            if (index > 0 && edge == edges[index - 1])
            {
                continue;
            }

            ulong pooled = 0;
            byte flags = 0;
            bool matched = false;
            for (int at = 0; at < areas.Count; at++)
            {
                WorldGuardArea area = areas[at];
                if (area.First <= edge && edge <= area.Last)
                {
                    matched = true;
                    pooled |= area.Permissions;
                    flags |= area.Errors;
                }
            }

            flags = matched ? flags : unmatchedErrors;
            if (used == 0 || permissions[used - 1] != pooled || errors[used - 1] != flags)
            {
                starts[used] = edge;
                permissions[used] = pooled;
                errors[used] = flags;
                used++;
            }
        }

        return new WorldGuardSnapshot(starts[..used], permissions[..used], errors[..used], worlds, areas);
    }

    /// <summary>Whether both give every access the same answer with the same error flags.</summary>
    public bool SameAs(WorldGuardSnapshot other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _starts.AsSpan().SequenceEqual(other._starts) &&
            _permissions.AsSpan().SequenceEqual(other._permissions) &&
            _errors.AsSpan().SequenceEqual(other._errors);
    }

    /// <summary>Judges one address. A world that does not exist has no permission anywhere.</summary>
    public Verdict Judge(ulong address, int world, bool store)
    {
        int at = IndexOf(_starts, address);
        int direction = store ? 1 : 0;
        if (world < _worlds.Length && ((_permissions[at] >> ((2 * world) + direction)) & 1) != 0)
        {
            return Verdict.Permit;
        }

        int flags = _errors[at] >> direction;
        return new Verdict(false, (flags & WorldGuardArea.ReadError) != 0, (flags & WorldGuardArea.ReadInterrupt) != 0);
    }

    /// <summary>Finds the two permission bits (read 1, write 2) of a world at an address, and the interval that shares them.</summary>
    internal int PermissionsAt(ulong address, int world, out ulong first, out ulong last)
    {
        WorldTable table = _worlds[world];
        int at = IndexOf(table.Starts, address);
        first = table.Starts[at];
        last = at + 1 < table.Starts.Length ? table.Starts[at + 1] - 1 : ulong.MaxValue;
        return table.Permissions[at];
    }

    /// <summary>Lists the intervals where some world's answer differs between two snapshots.</summary>
    /// <param name="next">The other snapshot, of the same number of worlds.</param>
    internal IEnumerable<InvalidationScope> DifferencesTo(WorldGuardSnapshot next)
    {
        int here = 0;
        int there = 0;
        ulong first = 0;
        while (true)
        {
            ulong hereLast = LastOf(here);
            ulong thereLast = next.LastOf(there);
            ulong last = Math.Min(hereLast, thereLast);
            AccessKinds kinds = AccessKinds.None;
            ulong worlds =
                Differing(_permissions[here], next._permissions[there], _errors[here], next._errors[there], 0, AccessKinds.Reads, ref kinds) |
                Differing(_permissions[here], next._permissions[there], _errors[here], next._errors[there], 1, AccessKinds.Store, ref kinds);
            if (worlds != 0)
            {
                yield return new InvalidationScope(first, last, worlds, kinds);
            }

            if (last == ulong.MaxValue)
            {
                yield break;
            }

            here += hereLast == last ? 1 : 0;
            there += thereLast == last ? 1 : 0;
            first = last + 1;
        }
    }

    private static int IndexOf(ulong[] starts, ulong address)
    {
        int low = 0;
        int high = starts.Length;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (starts[middle] <= address)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private ulong LastOf(int interval) => interval + 1 < _starts.Length ? _starts[interval + 1] - 1 : ulong.MaxValue;

    private ulong Differing(
        ulong before, ulong after, byte errorsBefore, byte errorsAfter, int direction, AccessKinds directionKinds, ref AccessKinds kinds)
    {
        // A verdict is the permission and, for a refusal, the error flags. Index "no such world" is always refused.
        bool errorsDiffer = (((errorsBefore ^ errorsAfter) >> direction) & (WorldGuardArea.ReadError | WorldGuardArea.ReadInterrupt)) != 0;
        ulong changed = errorsDiffer ? 1UL << _worlds.Length : 0;
        for (int world = 0; world < _worlds.Length; world++)
        {
            bool was = ((before >> ((2 * world) + direction)) & 1) != 0;
            bool becomes = ((after >> ((2 * world) + direction)) & 1) != 0;
            if (was != becomes || (!was && errorsDiffer))
            {
                changed |= 1UL << world;
            }
        }

        kinds |= changed != 0 ? directionKinds : AccessKinds.None;
        return changed;
    }

    private sealed record WorldTable(ulong[] Starts, byte[] Permissions)
    {
        public static WorldTable Of(ulong[] starts, ulong[] permissions, int world)
        {
            var worldStarts = new ulong[starts.Length];
            var worldPermissions = new byte[starts.Length];
            int used = 0;
            for (int at = 0; at < starts.Length; at++)
            {
                byte bits = (byte)((permissions[at] >> (2 * world)) & 3);
                if (used == 0 || worldPermissions[used - 1] != bits)
                {
                    worldStarts[used] = starts[at];
                    worldPermissions[used++] = bits;
                }
            }

            return new WorldTable(worldStarts[..used], worldPermissions[..used]);
        }
    }
}
