using Soc.Memory;

namespace Soc.Devices.Tests;

internal sealed class FakeLine : IInterruptLine
{
    public bool Level { get; private set; }

    public int Edges { get; private set; }

    /// <summary>Rising edges, and repetitions while high.</summary>
    public int Assertions { get; private set; }

    public void Set(bool level, IInitiator by)
    {
        // A wire may be asserted again, never lowered twice.
        Assert.True(level || Level);
        Edges += level && !Level ? 1 : 0;
        Assertions += level ? 1 : 0;
        Level = level;
    }
}
