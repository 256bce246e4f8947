namespace Soc.Telemetry;

/// <summary>Names of spans and span events (telemetry/conventions.md).</summary>
internal static class SpanNames
{
    public const string Run = "run";
    public const string Reconfigure = "iommu.reconfigure";
    public const string Commit = "checker.commit";
    public const string Window = "checker.window";
    public const string Invalidate = "tlb.invalidate";
    public const string Slow = "tlb.slow";
    public const string Lazy = "tlb.lazy";
    public const string Walk = "tlb.walk";
    public const string WalkLevel = "tlb.walk.level";
    public const string Translate = "iommu.translate";
    public const string Refused = "access.refused";
    public const string RegisterWrite = "register.write";
    public const string RegisterRead = "register.read";
    public const string Flush = "tlb.flush";
    public const string Interrupt = "interrupt";
    public const string Trap = "hart.trap";
    public const string DmaDescriptor = "dma.descriptor";
    public const string StaleUse = "sanitizer.stale_use";
    public const string Cycle = "iommu.cycle";
    public const string Command = "iommu.command";
    public const string Fence = "iommu.fence";
    public const string DeviceInvalidate = "device_tlb.invalidate";
    public const string Ask = "device_tlb.miss";
    public const string RearmEvent = "rearm";
    public const string AcknowledgedEvent = "ack";
    public const string CommittedEvent = "committed";
    public const string CompletedEvent = "completed";
    public const string RecordedEvent = "recorded";
}
