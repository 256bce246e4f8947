namespace Soc.Checkers.Tzc400;

/// <summary>What the registers of a TZC-400 mean for its filters. Immutable.</summary>
public sealed class Tzc400Snapshot
{
    /// <summary>Number of identities: Secure, and Non-secure with each of 16 NSAIDs.</summary>
    internal const int Identities = 17;

    private readonly int _action;
    private readonly Tzc400ClosedGate _closedGate;

    internal Tzc400Snapshot(Tzc400FilterTable[] filters, int action, Tzc400ClosedGate closedGate, bool shadows, IReadOnlyList<Tzc400Region> regions)
    {
        Regions = regions;
        Filters = filters;
        _action = action;
        _closedGate = closedGate;
        Shadows = shadows;
    }

    internal Tzc400FilterTable[] Filters { get; }

    /// <summary>The regions, for explanations.</summary>
    internal IReadOnlyList<Tzc400Region> Regions { get; }

    /// <summary>Whether refused reads are seen downstream.</summary>
    internal bool Shadows { get; }

    /// <summary>Judges one access (arm-filters.md sections 3.3 to 3.5).</summary>
    /// <param name="filter">Number of the filter.</param>
    /// <param name="address">System physical address.</param>
    /// <param name="index">0 for Secure, 1 + n for Non-secure with NSAID n.</param>
    /// <param name="store">Whether it writes; fetches read.</param>
    public Verdict Judge(int filter, ulong address, int index, bool store)
    {
        Tzc400FilterTable table = Filters[filter];
        if (!table.IsOpen)
        {
            return new Verdict(false, _closedGate == Tzc400ClosedGate.DecErr, false);
        }

        Tzc400Rights rights = table.At(address);
        return (rights.Of(index) & (store ? Tzc400Rights.Write : Tzc400Rights.Read)) != 0
            ? Verdict.Permit
            : new Verdict(false, (_action & 1) != 0, (_action & 2) != 0, Detail: Tzc400Checker.DetailOf(filter, rights.Overlap));
    }

    /// <summary>Whether a gate is being opened.</summary>
    internal bool IsOpening(int filter) => ReferenceEquals(Filters[filter], Tzc400FilterTable.Opening);

    internal bool SameAs(Tzc400Snapshot other)
    {
        bool same = _action == other._action && Shadows == other.Shadows;
        for (int filter = 0; filter < Filters.Length; filter++)
        {
            same &= Filters[filter].SameAs(other.Filters[filter]) && IsOpening(filter) == other.IsOpening(filter);
        }

        return same;
    }
}
