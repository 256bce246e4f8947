namespace Soc.Topology;

/// <summary>How time goes on (design.md section 5).</summary>
public enum RunMode : byte
{
    /// <summary>Windows of virtual time in one total order of events: the same input and seed give the same run.</summary>
    Lockstep,

    /// <summary>Every initiator runs as fast as it can; nothing orders them but their messages.</summary>
    Free,
}
