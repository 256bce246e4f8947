namespace Soc.Checkers;

/// <summary>
/// Takes the reports of blocked sinks. Called on the refused initiator's thread, from several threads at once; the
/// implementation hands the report to the checker's owner, which calls <see cref="Checker.Record"/>.
/// </summary>
public interface IViolationSink
{
    /// <summary>One refused access was executed. Silent refusals (neither bus error nor interrupt) are reported too.</summary>
    void Report(in Violation violation);
}
