using Soc.Devices;
using Soc.Memory;

namespace Soc.Topology;

/// <summary>A wire that leads nowhere: the interrupt output, or the serial output, of a device that is not connected.</summary>
internal sealed class NoWire : IInterruptLine, ICharacterSink
{
    public static NoWire Instance { get; } = new();

    public void Set(bool level, IInitiator by)
    {
    }

    public void Write(byte value, IInitiator by)
    {
    }
}
