namespace Soc.Actors.Agents;

/// <summary>Why a slice of an initiator ended.</summary>
internal enum SliceEnd
{
    /// <summary>The budget is used up.</summary>
    Budget,

    /// <summary>Somebody asked for attention: something is in the inbox, or a line changed.</summary>
    Attention,

    /// <summary>Nothing to do until something arrives: WFI, or an idle DMA engine.</summary>
    Parked,

    /// <summary>A transaction to another agent must be completed first.</summary>
    Transaction,

    /// <summary>A loop that only waits for memory to change.</summary>
    Spin,

    /// <summary>The model cannot go on; see its reason.</summary>
    Stopped,
}
