namespace Soc.Iommu;

/// <summary>
/// What a cached translation must remember to be found by invalidations (riscv-iommu.md section 11): holders of copies,
/// such as the private TLB of a DMA engine, keep it beside the entry.
/// </summary>
/// <param name="DeviceId">The device that the translation was made for.</param>
/// <param name="HasProcessId">Whether the request had a process id, or the default one was used.</param>
/// <param name="ProcessId">The process id.</param>
/// <param name="GuestValid">A second stage is active.</param>
/// <param name="Gscid">Guest soft-context id, when <paramref name="GuestValid"/>.</param>
/// <param name="ProcessValid">A first stage is active.</param>
/// <param name="Pscid">Process soft-context id, when <paramref name="ProcessValid"/>.</param>
/// <param name="IsGlobal">The first stage maps the page in all address spaces of its host or guest.</param>
/// <param name="GuestAddress">Guest physical address of the request's byte, when <paramref name="GuestValid"/>.</param>
/// <param name="FirstStageBits">log2 of the first-stage leaf's size in bytes; 64 without a first stage.</param>
/// <param name="SecondStageBits">log2 of the second-stage leaf's size in bytes; 64 without a second stage.</param>
public readonly record struct TranslationTag(
    uint DeviceId, bool HasProcessId, uint ProcessId, bool GuestValid, ushort Gscid, bool ProcessValid, uint Pscid, bool IsGlobal,
    ulong GuestAddress, int FirstStageBits, int SecondStageBits);
