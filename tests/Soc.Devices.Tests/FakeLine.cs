using Soc.Memory;

namespace Soc.Devices.Tests;

internal sealed class FakeLine : IInterruptLine
{
    public bool Level { get; private set; }

    public int Edges { get; private set; }

    public void Set(bool level, IInitiator by)
    {
        Assert.NotEqual(Level, level);
        Level = level;
        Edges += level ? 1 : 0;
    }
}
