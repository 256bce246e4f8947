using System.Numerics;
using Soc.Memory;

namespace Soc.Checkers.Iopmp;

/// <summary>What the registers of an IOPMP mean, compiled at commit. Immutable; unchanged tables are shared between snapshots.</summary>
public sealed class IopmpSnapshot
{
    private readonly IopmpOptions _options;

    internal IopmpSnapshot(IopmpOptions options) => _options = options;

    /// <summary>HWCFG0.enable: while 0 everything passes unchanged.</summary>
    public bool Enabled { get; internal init; }

    /// <summary>Permitted transactions leave with this RRID; null when RRIDs are kept.</summary>
    public int? TranslatedRequester { get; internal init; }

    /// <summary>ERR_CFG.ie: violations raise interrupts.</summary>
    public bool InterruptEnabled { get; internal init; }

    /// <summary>ERR_CFG.rs: violations are answered with success.</summary>
    public bool AnswerSuccess { get; internal init; }

    /// <summary>ERR_CFG.stall_violation_en: stalled transactions without room are violations.</summary>
    public bool StallIsViolation { get; internal init; }

    internal IopmpEntry[] Entries { get; init; } = [];

    /// <summary>First entry of each domain; one more element for the end of the last.</summary>
    internal int[] DomainStarts { get; init; } = [];

    /// <summary>Format 0: domains of each RRID, bit per domain.</summary>
    internal ulong[] Domains { get; init; } = [];

    /// <summary>Secondary permissions: domains that each RRID may read; empty without.</summary>
    internal ulong[] ReadDomains { get; init; } = [];

    /// <summary>Secondary permissions: domains that each RRID may write.</summary>
    internal ulong[] WriteDomains { get; init; } = [];

    /// <summary>Secondary permissions: domains that each RRID may fetch from.</summary>
    internal ulong[] FetchDomains { get; init; } = [];

    /// <summary>Format 2: per domain, read bit 2s and write bit 2s+1 of each RRID s.</summary>
    internal ulong[] DomainPermissions { get; init; } = [];

    /// <summary>The stall set, bit per RRID; empty when nobody is stalled.</summary>
    internal ulong[] Stalled { get; init; } = [];

    /// <summary>Whether an RRID is in the stall set.</summary>
    public bool IsStalled(int requester) => Stalled.Length != 0 && (Stalled[requester >> 6] & (1UL << (requester & 63))) != 0;

    /// <summary>The check (iopmp.md section 7): the steps are ordered, the first that decides wins.</summary>
    public IopmpVerdict Check(in IopmpTransaction transaction)
    {
        int requester = transaction.Requester;
        IopmpKind kind = transaction.Kind;
        if (!Enabled || transaction.Length == 0)
        {
            return Permit(kind, requester);
        }

        kind = Converted(kind);
        if (requester >= _options.RequesterCount)
        {
            return Violate(IopmpErrorType.UnknownRequester, kind, requester);
        }

        if (IsStalled(requester))
        {
            return new IopmpVerdict(IopmpErrorType.None, true, kind, requester, 0, false, false);
        }

        ulong first = transaction.Address;
        ulong last = unchecked(first + (transaction.Length - 1));
        if (RefusesKind(kind) || last < first)
        {
            return Violate(IopmpErrorType.NoHit, kind, requester);
        }

        // Entries of one domain are contiguous and domains own ascending slices: bit order is index order.
        bool matched = false;
        for (ulong domains = DomainsOf(requester); domains != 0; domains &= domains - 1)
        {
            int domain = BitOperations.TrailingZeroCount(domains);
            for (int at = DomainStarts[domain]; at < DomainStarts[domain + 1]; at++)
            {
                ref readonly IopmpEntry entry = ref Entries[at];
                if (!entry.Exists || !entry.Touches(first, last))
                {
                    continue;
                }

                bool contains = entry.Contains(first, last);
                if (entry.HasPriority && !contains)
                {
                    return Violate(IopmpErrorType.PartialHit, kind, requester, at);
                }

                if (contains && Allows(entry, requester, kind))
                {
                    return Permit(kind, TranslatedRequester ?? requester);
                }

                if (entry.HasPriority)
                {
                    return Violate(
                        ErrorOf(kind), kind, requester, at,
                        InterruptEnabled && !entry.SuppressesInterrupt(kind), !AnswerSuccess && !entry.SuppressesError(kind));
                }

                matched |= contains;
            }
        }

        return matched ? ViolateByPool(requester, first, last, kind) : Violate(IopmpErrorType.NoHit, kind, requester);
    }

    /// <summary>The memory domains of a known RRID, ascending.</summary>
    internal int[] DomainNumbersOf(int requester)
    {
        ulong domains = DomainsOf(requester);
        return [.. Enumerable.Range(0, _options.DomainCount).Where(domain => ((domains >> domain) & 1) != 0)];
    }

    /// <summary>The verdict on a transaction that the owner neither parks nor holds although its RRID is stalled.</summary>
    internal IopmpVerdict StallViolation(IopmpVerdict waiting) => Violate(IopmpErrorType.Stalled, waiting.Kind, waiting.OutgoingRequester);

    /// <summary>The window of like permissions around an address, for a known RRID that is not stalled.</summary>
    internal IopmpWindow WindowAt(ulong address, int requester, IopmpKind kind)
    {
        kind = Converted(kind);
        ulong first = 0;
        ulong last = ulong.MaxValue;
        if (RefusesKind(kind))
        {
            return new IopmpWindow(false, first, last);
        }

        // Entries that do not hold the address must not touch the window. Those of lower priority than the one that decides
        // are never met: priority entries come first in index order.
        IopmpWindow best = default;
        ulong deniedFirst = 0;
        ulong deniedLast = ulong.MaxValue;
        for (ulong domains = DomainsOf(requester); domains != 0; domains &= domains - 1)
        {
            int domain = BitOperations.TrailingZeroCount(domains);
            for (int at = DomainStarts[domain]; at < DomainStarts[domain + 1]; at++)
            {
                ref readonly IopmpEntry entry = ref Entries[at];
                if (!entry.Exists)
                {
                    continue;
                }

                bool contains = entry.Contains(address, address);
                if (entry.HasPriority)
                {
                    if (contains)
                    {
                        return new IopmpWindow(Allows(entry, requester, kind), Math.Max(first, entry.First), Math.Min(last, entry.Last));
                    }

                    StayClear(entry, address, ref first, ref last);
                }
                else if (Allows(entry, requester, kind))
                {
                    if (!contains)
                    {
                        StayClear(entry, address, ref deniedFirst, ref deniedLast);
                        continue;
                    }

                    var window = new IopmpWindow(true, Math.Max(first, entry.First), Math.Min(last, entry.Last));
                    if (!best.Permitted || BlockAround(address, window) > BlockAround(address, best))
                    {
                        best = window;
                    }
                }
            }
        }

        return best.Permitted ? best : new IopmpWindow(false, Math.Max(first, deniedFirst), Math.Min(last, deniedLast));
    }

    /// <summary>
    /// The hull, per RRID, of all addresses and kinds for which transactions may be judged differently by two snapshots
    /// of one instance (iopmp.md section 12.3).
    /// </summary>
    internal IEnumerable<(int Requester, ulong First, ulong Last, AccessKinds Kinds)> DifferencesTo(IopmpSnapshot next)
    {
        if (!Enabled && !next.Enabled)
        {
            yield break;
        }

        if (Enabled != next.Enabled || TranslatedRequester != next.TranslatedRequester)
        {
            // Index rrid_num stands for unknown RRIDs; they too pass while the instance is disabled.
            for (int requester = 0; requester <= _options.RequesterCount; requester++)
            {
                yield return (requester, 0, ulong.MaxValue, AccessKinds.All);
            }

            yield break;
        }

        int[] changed = ReferenceEquals(Entries, next.Entries)
            ? []
            : [.. Enumerable.Range(0, Entries.Length).Where(at => !Entries[at].JudgesLike(next.Entries[at]))];
        for (int requester = 0; requester < _options.RequesterCount; requester++)
        {
            bool stalled = IsStalled(requester);
            if (stalled != next.IsStalled(requester) || (stalled && StallIsViolation != next.StallIsViolation))
            {
                yield return (requester, 0, ulong.MaxValue, AccessKinds.All);
                continue;
            }

            ulong low = ulong.MaxValue;
            ulong high = 0;
            AccessKinds kinds = AccessKinds.None;
            foreach (int at in changed)
            {
                Compare(next, requester, at, ref low, ref high, ref kinds);
            }

            for (ulong domains = ChangedDomains(next, requester); domains != 0; domains &= domains - 1)
            {
                int domain = BitOperations.TrailingZeroCount(domains);
                for (int at = DomainStarts[domain]; at < DomainStarts[domain + 1]; at++)
                {
                    Compare(next, requester, at, ref low, ref high, ref kinds);
                }

                for (int at = next.DomainStarts[domain]; at < next.DomainStarts[domain + 1]; at++)
                {
                    Compare(next, requester, at, ref low, ref high, ref kinds);
                }
            }

            if (kinds != AccessKinds.None)
            {
                yield return (requester, low, high, kinds);
            }
        }
    }

    private static IopmpVerdict Permit(IopmpKind kind, int outgoing) => new(IopmpErrorType.None, false, kind, outgoing, 0, false, false);

    private static IopmpErrorType ErrorOf(IopmpKind kind) => kind switch
    {
        IopmpKind.Read => IopmpErrorType.IllegalRead,
        IopmpKind.Fetch => IopmpErrorType.IllegalFetch,
        _ => IopmpErrorType.IllegalWrite,
    };

    private static void StayClear(in IopmpEntry entry, ulong address, ref ulong first, ref ulong last)
    {
        if (entry.Last < address)
        {
            first = Math.Max(first, entry.Last + 1);
        }
        else
        {
            last = Math.Min(last, entry.First - 1);
        }
    }

    private static int BlockAround(ulong address, IopmpWindow window)
    {
        int below = window.First == 0 ? 64 : BitOperations.Log2(address ^ (window.First - 1));
        int above = window.Last == ulong.MaxValue ? 64 : BitOperations.Log2(address ^ (window.Last + 1));
        return Math.Min(below, above);
    }

    private IopmpKind Converted(IopmpKind kind) => _options.FetchIsRead && kind == IopmpKind.Fetch ? IopmpKind.Read : kind;

    private bool RefusesKind(IopmpKind kind) =>
        (_options.NoWrite && kind is IopmpKind.Write or IopmpKind.AtomicUpdate) || (_options.NoFetch && kind == IopmpKind.Fetch);

    private ulong DomainsOf(int requester) => _options.SourceFormat switch
    {
        0 => Domains[requester],
        1 => 1UL << requester,
        _ => (1UL << _options.DomainCount) - 1,
    };

    /// <summary>Bits r, w, x that an entry gives an RRID, secondary permissions included.</summary>
    private int PermissionsOf(in IopmpEntry entry, int requester)
    {
        int own = entry.Configuration & 7;
        if (DomainPermissions.Length != 0)
        {
            int granted = (int)(DomainPermissions[entry.Domain] >> (2 * requester)) & 3;
            return own | granted | ((granted & 1) << 2);
        }

        if (ReadDomains.Length != 0)
        {
            own &= (int)((ReadDomains[requester] >> entry.Domain) & 1) |
                ((int)((WriteDomains[requester] >> entry.Domain) & 1) << 1) |
                ((int)((FetchDomains[requester] >> entry.Domain) & 1) << 2);
        }

        return own;
    }

    private bool Allows(in IopmpEntry entry, int requester, IopmpKind kind)
    {
        int needed = kind switch
        {
            IopmpKind.Read => 1,
            IopmpKind.Write => 2,
            IopmpKind.Fetch => 4,
            _ => 3,
        };
        return (PermissionsOf(entry, requester) & needed) == needed;
    }

    private IopmpVerdict Violate(IopmpErrorType error, IopmpKind kind, int requester, int entry = 0) =>
        Violate(error, kind, requester, entry, InterruptEnabled, !AnswerSuccess);

    private IopmpVerdict Violate(IopmpErrorType error, IopmpKind kind, int requester, int entry, bool interrupt, bool busError) =>
        new(error, false, kind, requester, entry, interrupt, busError);

    /// <summary>All matching non-priority entries deny: they suppress only together, and the lowest that asks for a report is named.</summary>
    private IopmpVerdict ViolateByPool(int requester, ulong first, ulong last, IopmpKind kind)
    {
        bool interrupt = false;
        bool busError = false;
        int lowest = -1;
        int asking = -1;
        for (ulong domains = DomainsOf(requester); domains != 0; domains &= domains - 1)
        {
            int domain = BitOperations.TrailingZeroCount(domains);
            for (int at = DomainStarts[domain]; at < DomainStarts[domain + 1]; at++)
            {
                ref readonly IopmpEntry entry = ref Entries[at];
                if (entry.HasPriority || !entry.Exists || !entry.Contains(first, last))
                {
                    continue;
                }

                bool asksInterrupt = InterruptEnabled && !entry.SuppressesInterrupt(kind);
                bool asksError = !AnswerSuccess && !entry.SuppressesError(kind);
                interrupt |= asksInterrupt;
                busError |= asksError;
                lowest = lowest < 0 ? at : lowest;
                asking = asking < 0 && (asksInterrupt || asksError) ? at : asking;
            }
        }

        return Violate(ErrorOf(kind), kind, requester, asking < 0 ? lowest : asking, interrupt, busError);
    }

    private ulong ChangedDomains(IopmpSnapshot next, int requester)
    {
        ulong changed = 0;
        if (!ReferenceEquals(Domains, next.Domains))
        {
            changed |= Domains[requester] ^ next.Domains[requester];
            if (ReadDomains.Length != 0)
            {
                changed |= (ReadDomains[requester] ^ next.ReadDomains[requester]) |
                    (WriteDomains[requester] ^ next.WriteDomains[requester]) |
                    (FetchDomains[requester] ^ next.FetchDomains[requester]);
            }
        }

        if (!ReferenceEquals(DomainPermissions, next.DomainPermissions))
        {
            for (int domain = 0; domain < DomainPermissions.Length; domain++)
            {
                changed |= ((DomainPermissions[domain] ^ next.DomainPermissions[domain]) >> (2 * requester) & 3) != 0 ? 1UL << domain : 0;
            }
        }

        return changed;
    }

    private void Compare(IopmpSnapshot next, int requester, int at, ref ulong low, ref ulong high, ref AccessKinds kinds)
    {
        IopmpEntry before = Entries[at];
        IopmpEntry after = next.Entries[at];
        bool was = Concerns(before, requester);
        bool becomes = next.Concerns(after, requester);
        if (!was && !becomes)
        {
            return;
        }

        AccessKinds touched = AccessKinds.All;
        if (was && becomes && before.First == after.First && before.Last == after.Last && before.HasPriority == after.HasPriority)
        {
            int permissions = PermissionsOf(before, requester) ^ next.PermissionsOf(after, requester);
            touched = ((permissions & 1) != 0 ? AccessKinds.Load : AccessKinds.None) |
                ((permissions & 1) != 0 && _options.FetchIsRead ? AccessKinds.Fetch : AccessKinds.None) |
                ((permissions & 2) != 0 ? AccessKinds.Store : AccessKinds.None) |
                ((permissions & 4) != 0 ? AccessKinds.Fetch : AccessKinds.None);
            if (touched == AccessKinds.None)
            {
                return;
            }
        }

        kinds |= touched;
        if (was)
        {
            low = Math.Min(low, before.First);
            high = Math.Max(high, before.Last);
        }

        if (becomes)
        {
            low = Math.Min(low, after.First);
            high = Math.Max(high, after.Last);
        }
    }

    private bool Concerns(in IopmpEntry entry, int requester) =>
        entry.Exists && entry.Domain >= 0 && ((DomainsOf(requester) >> entry.Domain) & 1) != 0;
}
