using Soc.Memory;

namespace Soc.Checkers;

/// <summary>What a checker says about one access under one snapshot.</summary>
/// <param name="Permitted">Whether the access may go on downstream; the rest is meant for refusals.</param>
/// <param name="BusError">Answer with a bus error, else pretend success.</param>
/// <param name="Interrupt">Ask for an interrupt.</param>
/// <param name="Data">What a refused read without bus error returns.</param>
/// <param name="Detail">See <see cref="Violation.Detail"/>.</param>
/// <param name="Outgoing">The attributes with which a permitted access leaves, when they are not those it came with.</param>
public readonly record struct Verdict(
    bool Permitted, bool BusError, bool Interrupt, ulong Data = 0, uint Detail = 0, TransactionAttributes? Outgoing = null)
{
    /// <summary>The access may go on.</summary>
    public static Verdict Permit => new(true, false, false);
}
