namespace Soc.Checkers.Iopmp;

/// <summary>ERR_INFO.etype: why a transaction is a violation (iopmp.md section 8.1).</summary>
public enum IopmpErrorType : byte
{
    /// <summary>No violation.</summary>
    None = 0,

    /// <summary>Read denied by the deciding entries.</summary>
    IllegalRead = 1,

    /// <summary>Write or atomic update denied by the deciding entries.</summary>
    IllegalWrite = 2,

    /// <summary>Fetch denied by the deciding entries.</summary>
    IllegalFetch = 3,

    /// <summary>A priority entry covers only a part of the transaction.</summary>
    PartialHit = 4,

    /// <summary>No entry covers the transaction, or the instance refuses its kind altogether.</summary>
    NoHit = 5,

    /// <summary>The RRID is not below rrid_num.</summary>
    UnknownRequester = 6,

    /// <summary>The RRID is stalled, and there is no room to let the transaction wait.</summary>
    Stalled = 7,
}
