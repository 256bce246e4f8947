namespace Soc.Telemetry;

/// <summary>What a trace is about; part of its id and of the order in the file.</summary>
internal enum TraceSort
{
    /// <summary>The run and what happened in it beside changes and translations.</summary>
    Run = 0,

    /// <summary>One configuration change.</summary>
    Change = 1,

    /// <summary>One sampled translation.</summary>
    Translation = 2,
}
