namespace Soc.Tlb;

/// <summary>How reports name a <see cref="StaleCause"/>.</summary>
public static class StaleCauseExtensions
{
    /// <summary>The cause in words with hyphens, the same in summary, JSON and trace.</summary>
    public static string ToWord(this StaleCause cause) => cause switch
    {
        StaleCause.MissingFence => "missing-fence",
        StaleCause.FenceBeforeStore => "fence-before-store",
        StaleCause.FenceTooNarrow => "fence-too-narrow",
        StaleCause.MissingRemoteFence => "missing-remote-fence",
        StaleCause.AddressSpaceReused => "address-space-reused",
        StaleCause.MissingProtectionFence => "missing-protection-fence",
        StaleCause.MissingCodeFence => "missing-code-fence",
        StaleCause.MissingIotinval => "missing-iotinval",
        StaleCause.IotinvalTooNarrow => "iotinval-too-narrow",
        StaleCause.MissingIofence => "missing-iofence",
        StaleCause.IofenceTooEarly => "iofence-too-early",
        StaleCause.MissingAtsInvalidation => "missing-ats-inval",
        _ => "checker-not-awaited",
    };
}
