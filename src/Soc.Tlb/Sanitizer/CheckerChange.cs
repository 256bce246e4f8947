using Soc.Memory;

namespace Soc.Tlb;

/// <summary>A committed configuration change of a checker that some initiator has not taken in yet.</summary>
/// <param name="id">Correlation id.</param>
/// <param name="owner">Agent number of the checker.</param>
/// <param name="checker">Name of the checker.</param>
/// <param name="scope">What changed.</param>
/// <param name="write">The register write.</param>
/// <param name="offset">Offset of the register.</param>
/// <param name="value">The value written.</param>
/// <param name="recipients">Who must take it in.</param>
internal sealed class CheckerChange(
    ulong id, int owner, string checker, InvalidationScope scope, LastStore write, ulong offset, ulong value, IEnumerable<int> recipients)
{
    public ulong Id { get; } = id;

    public int Owner { get; } = owner;

    public string Checker { get; } = checker;

    public InvalidationScope Scope { get; } = scope;

    public LastStore Write { get; } = write;

    public ulong Offset { get; } = offset;

    public ulong Value { get; } = value;

    /// <summary>Who has not taken it in.</summary>
    public HashSet<int> Missing { get; } = [.. recipients];

    /// <summary>Sequence at which the write retired for its writer; 0 while it has not.</summary>
    public ulong Retired { get; set; }
}
