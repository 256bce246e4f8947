using Soc.Memory;
using Soc.Tlb;

namespace Soc.Iommu;

/// <summary>
/// The sanitizer's eye on a device behind an IOMMU: each beat through a translation that the device keeps is compared with an uncached walk,
/// its answers of checkers are compared, and its stores are known.
/// </summary>
/// <param name="initiator">The device.</param>
/// <param name="space">Its bus, behind the IOMMU.</param>
/// <param name="tlb">The translations that it keeps.</param>
/// <param name="iommu">The sanitizer of its IOMMU.</param>
/// <param name="requestOf">The untranslated request that an access stands for, and whether it was translated by ATS.</param>
public sealed class DeviceMonitor(
    IInitiator initiator, AddressSpace space, DeviceTlb tlb, IommuSanitizer iommu, Func<MonitoredAccess, (IommuRequest Request, bool Ats)> requestOf)
    : ITlbMonitor
{
    private readonly Dictionary<(int Context, ulong Page, AccessKind Kind), (ulong Epoch, ulong Address)> _compared = [];

    /// <inheritdoc/>
    public void OnResolved(in MonitoredAccess access)
    {
        Sanitizer shared = iommu.Shared;
        lock (shared.Gate)
        {
            shared.Compared++;
            shared.CheckAnswer(initiator, space, access);
            Compare(access);
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
        // A refusal is the IOMMU's answer of this moment, never a cached one.
    }

    private void Compare(in MonitoredAccess access)
    {
        ulong page = access.VirtualAddress & ~(SoftTlb.PageSize - 1);
        ulong used = access.PhysicalAddress & ~(SoftTlb.PageSize - 1);
        var key = (access.Context, page, access.Kind);
        if (_compared.TryGetValue(key, out (ulong Epoch, ulong Address) known) && known.Epoch == iommu.Shared.Epoch && known.Address == used)
        {
            return;
        }

        (IommuRequest request, bool ats) = requestOf(access);
        IommuResponse truth = iommu.Walk(request, out LastStore written, out _);
        if (truth.Status == IommuStatus.Success && truth.Permissions.Includes(access.Kind) &&
            (truth.Address & ~(SoftTlb.PageSize - 1)) == used)
        {
            // The walk may have marked pages as tables: the epoch before it would be too old only.
            _compared[key] = (iommu.Shared.Epoch, used);
            return;
        }

        iommu.Judge(initiator, tlb.TagOf(request, ats), ats, access, truth, written);
    }
}
