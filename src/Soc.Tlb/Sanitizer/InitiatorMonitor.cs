using Soc.Memory;

namespace Soc.Tlb;

/// <summary>
/// The sanitizer's eye on an initiator without page tables: a DMA engine. Its answers of checkers are compared, and its stores are
/// known, so that a page-table entry that it changes has a writer.
/// </summary>
/// <param name="initiator">The initiator.</param>
/// <param name="space">Its view of the SoC.</param>
/// <param name="shared">What all sanitizers share.</param>
public sealed class InitiatorMonitor(IInitiator initiator, AddressSpace space, Sanitizer shared) : ITlbMonitor
{
    /// <inheritdoc/>
    public void OnResolved(in MonitoredAccess access)
    {
        lock (shared.Gate)
        {
            shared.Compared++;
            shared.CheckAnswer(initiator, space, access);
            if (access.Host != 0 && access.Kind == AccessKind.Store)
            {
                for (nint word = access.Host & ~(nint)7; word < access.Host + access.Size; word += 8)
                {
                    shared.OnStored(word, initiator.InitiatorId, 0, initiator.Now);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void OnWalkFault(ulong virtualAddress, AccessKind kind, int context)
    {
        // There are no page tables whose entries could be stale.
    }
}
