namespace Soc.Iommu;

/// <summary>
/// The world around an IOMMU: its owner. Calls come from inside <see cref="RiscvIommu"/>'s own methods; whatever cannot be
/// answered at once is answered later with a call of that class.
/// </summary>
public interface IIommuPort
{
    /// <summary>
    /// Tells all holders of copies of an invalidation. IOFENCE.C waits until it was acknowledged.
    /// </summary>
    /// <param name="invalidation">What must go.</param>
    /// <param name="epoch">The invalidation's number; answers with a smaller <see cref="IommuResponse.Epoch"/> must not be cached after it.</param>
    /// <returns>True when nobody holds a copy any more; false when <see cref="RiscvIommu.Acknowledge"/> will be called with the epoch.</returns>
    bool Invalidate(in IommuInvalidation invalidation, ulong epoch);

    /// <summary>
    /// Brings all device reads or writes that the IOMMU has already translated to the global ordering point (IOFENCE.C PR, PW).
    /// </summary>
    /// <param name="reads">Reads must be ordered.</param>
    /// <param name="writes">Writes must be ordered.</param>
    /// <returns>True when done; false when <see cref="RiscvIommu.OrderingDone"/> will be called.</returns>
    bool Order(bool reads, bool writes);

    /// <summary>Sends a message to a PCIe function; an Invalidate Request is answered with <see cref="RiscvIommu.CompleteInvalidation"/> or <see cref="RiscvIommu.ExpireInvalidations"/>.</summary>
    void Send(in AtsMessage message);

    /// <summary>A wired interrupt changes its level.</summary>
    /// <param name="vector">Wire, 0 to 15: a field of icvec.</param>
    /// <param name="level">The new level.</param>
    void SetWire(int vector, bool level);

    /// <summary>A command was fetched and is about to be executed; malformed ones too.</summary>
    /// <param name="word0">First doubleword.</param>
    /// <param name="word1">Second doubleword.</param>
    /// <param name="index">Its place in the command queue.</param>
    void OnCommand(ulong word0, ulong word1, uint index)
    {
    }

    /// <summary>An IOFENCE.C has completed: everything before it is done.</summary>
    void OnFence()
    {
    }
}
