using System.Threading.Channels;
using Soc.Devices;
using Soc.Memory;

namespace Soc.Actors;

/// <summary>
/// Carries a UART's bytes out of the actor world through a bounded channel. When the reader is slow, the guest waits: no
/// console byte is lost unless the stream itself fails (a pipe whose reader has gone); then the guest runs on unheard.
/// </summary>
public sealed class ConsoleOutput : ICharacterSink, IAsyncDisposable
{
    private const int Capacity = 65_536;

    private readonly Channel<byte> _bytes = Channel.CreateBounded<byte>(new BoundedChannelOptions(Capacity)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
    });

    private readonly Task _writer;

    /// <summary>Starts to write what arrives to a stream.</summary>
    /// <param name="output">Flushed whenever the channel runs empty; not closed.</param>
    public ConsoleOutput(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _writer = Task.Run(() => PumpAsync(output));
    }

    /// <summary>Why the stream takes no more bytes; null while it does.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public void Write(byte value, IInitiator by)
    {
        while (!_bytes.Writer.TryWrite(value))
        {
            if (!_bytes.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
                return;
            }
        }
    }

    /// <summary>Writes what is left and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _bytes.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    private async Task PumpAsync(Stream output)
    {
        try
        {
            await WriteAsync(output).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Completing the channel frees a guest that waits for room.
            Failure = exception;
            _bytes.Writer.TryComplete();
        }
    }

    private async Task WriteAsync(Stream output)
    {
        var buffer = new byte[4096];
        while (await _bytes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int count;
            do
            {
                for (count = 0; count < buffer.Length && _bytes.Reader.TryRead(out byte value); count++)
                {
                    buffer[count] = value;
                }

                await output.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
            while (count == buffer.Length);

            await output.FlushAsync().ConfigureAwait(false);
        }
    }
}
