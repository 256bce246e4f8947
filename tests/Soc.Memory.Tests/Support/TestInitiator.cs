using Soc.Memory;

namespace Soc.Memory.Tests.Support;

public sealed class TestInitiator(int id) : IInitiator
{
    public int InitiatorId { get; } = id;

    public string Name => $"test{InitiatorId}";

    public ulong Now { get; set; }
}
