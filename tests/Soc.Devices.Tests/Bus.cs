using Soc.Memory;

namespace Soc.Devices.Tests;

/// <summary>Accesses a device as an initiator does, and insists on success unless asked for the result.</summary>
internal sealed class Bus(IBusDevice device)
{
    public FakeInitiator Initiator { get; } = new();

    public TransactionAttributes Attributes { get; set; } = TransactionAttributes.Specified;

    public BusAccess Access(ulong offset, int size, AccessKind kind) => new(offset, size, kind, Attributes, offset, Initiator);

    public ulong Read(ulong offset, int size = 4)
    {
        Assert.Equal(AccessResult.Ok, device.Read(Access(offset, size, AccessKind.Load), out ulong value));
        return value;
    }

    public void Write(ulong offset, ulong value, int size = 4) =>
        Assert.Equal(AccessResult.Ok, device.Write(Access(offset, size, AccessKind.Store), value));

    public AccessResult TryRead(ulong offset, int size) => device.Read(Access(offset, size, AccessKind.Load), out _);

    public AccessResult TryWrite(ulong offset, ulong value, int size) => device.Write(Access(offset, size, AccessKind.Store), value);
}
