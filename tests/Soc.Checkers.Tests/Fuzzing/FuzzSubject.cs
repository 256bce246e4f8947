using Soc.Memory;

namespace Soc.Checkers.Tests.Fuzzing;

/// <summary>A register file under fuzz, and what its document says of it beside the register map.</summary>
/// <param name="Checker">The checker.</param>
/// <param name="Space">What initiators see through its ports.</param>
/// <param name="BlockSize">Bytes of its register block.</param>
/// <param name="Attributes">Attributes of an access that reaches all registers.</param>
internal sealed record FuzzSubject(Checker Checker, AddressSpace Space, ulong BlockSize, TransactionAttributes Attributes)
{
    /// <summary>Accesses that the block takes, by size; others must leave everything as it is.</summary>
    public Func<ulong, int, bool> Takes { get; init; } = (offset, size) => size is 4 or 8 && offset % (ulong)size == 0;

    /// <summary>The answer to an access that the block does not take.</summary>
    public AccessResult RefusedResult { get; init; } = AccessResult.Error;

    /// <summary>Registers that hardware changes by itself, or that other registers select: their fields are read-only but not constant.</summary>
    public HashSet<string> Moving { get; init; } = [];

    /// <summary>Lock rules: given the image before a write, whether an element must not change.</summary>
    public Func<RegisterImage, string, int, bool> Locked { get; init; } = (_, _, _) => false;

    /// <summary>Values that are interesting for this block: addresses near its ports, lock bits, reserved encodings.</summary>
    public ulong[] Values { get; init; } = [];

    /// <summary>Addresses to access.</summary>
    public ulong[] Addresses { get; init; } = [0];

    /// <summary>Attributes of accesses through the ports.</summary>
    public Func<ulong, TransactionAttributes> Requester { get; init; } = _ => TransactionAttributes.Unspecified;
}
