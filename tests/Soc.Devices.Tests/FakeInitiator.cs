using Soc.Memory;

namespace Soc.Devices.Tests;

internal sealed class FakeInitiator : IInitiator
{
    public int InitiatorId { get; init; }

    public string Name => $"fake{InitiatorId}";

    public ulong Now { get; set; }
}
