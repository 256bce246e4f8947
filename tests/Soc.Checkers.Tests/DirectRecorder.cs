using Soc.Memory;

namespace Soc.Checkers.Tests;

/// <summary>Records violations at once, as an owner would that is always idle.</summary>
internal sealed class DirectRecorder(Checker checker) : IViolationSink
{
    private readonly Lock _lock = new();

    public List<Violation> Reports { get; } = [];

    public void Report(in Violation violation)
    {
        lock (_lock)
        {
            Reports.Add(violation);
            checker.Record(violation);
        }
    }
}
