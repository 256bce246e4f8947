using Soc.Memory;

namespace Soc.Actors.Agents;

/// <summary>
/// A checker on behalf of an initiator whose access it answers: what follows from the access (reports, interrupts) is the
/// checker's, in whose turn it happens; the answer is the initiator's.
/// </summary>
/// <param name="checker">The checker.</param>
/// <param name="origin">Agent number of the initiator.</param>
internal sealed class HeldInitiator(IInitiator checker, int origin) : IInitiator
{
    /// <summary>Agent number of the initiator.</summary>
    public int Origin { get; } = origin;

    /// <inheritdoc/>
    public int InitiatorId => checker.InitiatorId;

    /// <inheritdoc/>
    public string Name => checker.Name;

    /// <inheritdoc/>
    public ulong Now => checker.Now;
}
