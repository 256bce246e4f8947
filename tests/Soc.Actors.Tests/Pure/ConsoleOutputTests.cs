using Soc.Memory;

namespace Soc.Actors.Tests.Pure;

public class ConsoleOutputTests
{
    [Fact]
    public async Task A_slow_reader_makes_the_guest_wait_and_loses_nothing()
    {
        const int Bytes = 200_000;
        using var stream = new SlowStream();
        var console = new ConsoleOutput(stream);

        // Three times what the channel holds.
        for (int i = 0; i < Bytes; i++)
        {
            console.Write((byte)(i * 7), Nobody.Instance);
        }

        await console.DisposeAsync();
        Assert.Equal(Enumerable.Range(0, Bytes).Select(i => (byte)(i * 7)), stream.ToArray());
        Assert.True(stream.Flushes > 0);
        Assert.Null(console.Failure);
    }

    [Fact]
    public async Task A_stream_that_fails_does_not_stop_the_guest()
    {
        using var stream = new BrokenStream();
        var console = new ConsoleOutput(stream);

        await Task.Run(() =>
        {
            for (int i = 0; i < 200_000; i++)
            {
                console.Write(0, Nobody.Instance);
            }
        }).WaitAsync(TimeSpan.FromSeconds(30));
        await console.DisposeAsync();

        Assert.IsType<IOException>(console.Failure);
    }

    private sealed class Nobody : IInitiator
    {
        public static Nobody Instance { get; } = new();

        public int InitiatorId => 0;

        public string Name => "nobody";

        public ulong Now => 0;
    }

    private sealed class SlowStream : MemoryStream
    {
        public int Flushes { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(1, cancellationToken);
            Write(buffer.Span);
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushes++;
            return Task.CompletedTask;
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("the reader has gone"));
    }
}
