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
    /// <summary>The block refused the access: wrong size or alignment.</summary>
    public static RegisterOutcome Refused => new(AccessResult.Error, 0, null);

    /// <summary>Nothing read, nothing changed.</summary>
    public static RegisterOutcome Nothing => default;
}
