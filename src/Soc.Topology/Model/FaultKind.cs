namespace Soc.Topology;

/// <summary>What an injected fault does.</summary>
public enum FaultKind
{
    /// <summary>A message takes longer; later ones of the same sender and receiver wait behind it.</summary>
    Delay,

    /// <summary>A message is sent twice.</summary>
    Duplicate,

    /// <summary>A message takes longer, and later ones of the same sender and receiver overtake it.</summary>
    Reorder,

    /// <summary>A message is lost.</summary>
    Drop,

    /// <summary>An initiator does nothing for a while: it neither runs nor serves its inbox.</summary>
    Stall,
}
