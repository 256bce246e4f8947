using Soc.Memory;

namespace Soc.Iommu;

/// <content>Translation-request interface (section 15.2).</content>
public sealed partial class RiscvIommu
{
    private void RunDebugRequest()
    {
        ulong control = _requestControl.Value;
        if ((control & 1) == 0)
        {
            return;
        }

        bool noWrite = (control & 8) != 0;
        bool execute = (control & 4) != 0;
        var request = new IommuRequest(
            (uint)(control >> 40), _requestAddress.Value, !noWrite ? AccessKind.Store : execute ? AccessKind.Fetch : AccessKind.Load)
        {
            HasProcessId = (control & (1UL << 32)) != 0,
            ProcessId = (uint)(control >> 12) & 0xFFFFF,
            Supervisor = (control & 2) != 0,
        };
        Journey journey = Journey.Of(request, Epoch);
        journey.IsDebug = true;
        IommuResponse response = Run(ref journey);
        _requestResponse.Value = response.Status == IommuStatus.Success ? Encode(response) : 1;
        _requestControl.Value = control & ~1UL;
    }

    /// <summary>The size is encoded in the low bits of the page number: a zero after ones (section 13.2).</summary>
    private static ulong Encode(in IommuResponse response)
    {
        ulong size = response.Size;
        ulong page = ((response.Address & ~(size - 1)) | ((size / 2) - 1)) >> 12;
        return ((ulong)response.MemoryType << 7) | (size > 4096 ? 1UL << 9 : 0) | (page << 10 & PageNumberBits);
    }
}
