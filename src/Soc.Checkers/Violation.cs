using Soc.Memory;

namespace Soc.Checkers;

/// <summary>A refused access that was executed; reported by a blocked sink, recorded by the checker's owner.</summary>
/// <param name="Checker">Agent number of the checker.</param>
/// <param name="PhysicalAddress">Address on the initiators' bus, bytes.</param>
/// <param name="Size">Bytes of the refused piece.</param>
/// <param name="Attributes">The transaction's attributes.</param>
/// <param name="Kind">What was tried.</param>
/// <param name="BusError">Whether the access was answered with a bus error.</param>
/// <param name="Interrupt">Whether the checker asks for an interrupt.</param>
/// <param name="Detail">Further facts in the checker's own encoding; 0 for WorldGuard.</param>
/// <param name="InitiatorId">Who tried.</param>
/// <param name="Time">The initiator's virtual time, ns.</param>
public readonly record struct Violation(
    int Checker,
    ulong PhysicalAddress,
    int Size,
    TransactionAttributes Attributes,
    AccessKind Kind,
    bool BusError,
    bool Interrupt,
    uint Detail,
    int InitiatorId,
    ulong Time);
