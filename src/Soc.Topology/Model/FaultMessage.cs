namespace Soc.Topology;

/// <summary>Messages that faults can be injected into.</summary>
public enum FaultMessage
{
    /// <summary>The owner of a configuration tells an initiator to re-arm.</summary>
    Invalidate,

    /// <summary>The initiator's answer.</summary>
    InvalidateAck,
}
