namespace Soc.Checkers.Iopmp;

/// <summary>How a transaction is answered.</summary>
public enum IopmpResponse : byte
{
    /// <summary>It goes on.</summary>
    Permitted,

    /// <summary>A violation, answered with a bus error.</summary>
    BusError,

    /// <summary>A violation, answered with success but without effect.</summary>
    Faked,

    /// <summary>Its RRID is stalled: it waits in the parking buffer.</summary>
    Parked,

    /// <summary>Its RRID is stalled and the parking buffer is full: it waits at the port.</summary>
    Held,
}
