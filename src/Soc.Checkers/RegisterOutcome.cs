using Soc.Memory;

namespace Soc.Checkers;

/// <summary>
/// What an access to a checker's registers did. When <see cref="Scope"/> is set, the new configuration has already been
/// committed (rule M1); the owner sends the invalidations and completes the access when they are acknowledged (M7).
/// </summary>
/// <param name="Result">Ok, or Error for an access that the register block refuses.</param>
/// <param name="Value">The value read, zero-extended; 0 for writes.</param>
/// <param name="Scope">Whose cached answers may have changed; null when nobody's did.</param>
public readonly record struct RegisterOutcome(AccessResult Result, ulong Value, InvalidationScope? Scope)
{
    /// <summary>
    /// Narrower scopes that say together what changed, where a single range says more than that; null when <see cref="Scope"/> is
    /// exact. An owner sends these or, which is always legal, the one scope that contains them.
    /// </summary>
    public IReadOnlyList<InvalidationScope>? Parts { get; init; }

    /// <summary>Who must hear of the change, when it is not everybody in <see cref="Checker.Registry"/>.</summary>
    public InvalidationRegistry? Recipients { get; init; }

    /// <summary>What the owner hands to <see cref="Checker.ChangeAcknowledged"/> after the last acknowledgement; 0 when nobody waits for it.</summary>
    public long Change { get; init; }

    /// <summary>
    /// The access itself completes before the acknowledgements: software polls a status that follows them. Meant only for owners
    /// that set <see cref="Checker.ReportsAcknowledgements"/>.
    /// </summary>
    public bool CompletesAtOnce { get; init; }

    /// <summary>The block refused the access: wrong size or alignment.</summary>
    public static RegisterOutcome Refused => new(AccessResult.Error, 0, null);

    /// <summary>Nothing read, nothing changed.</summary>
    public static RegisterOutcome Nothing => default;
}
