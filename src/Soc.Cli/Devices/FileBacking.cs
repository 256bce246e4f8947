using Soc.Devices.Virtio.Block;
using Soc.Topology;

namespace Soc.Cli.Devices;

/// <summary>A disk in a file of the host. What a guest has flushed is on the host's disk, not only in its cache.</summary>
internal sealed class FileBacking : IBlockBacking, IDisposable
{
    private readonly FileStream _file;

    private FileBacking(FileStream file, bool isReadOnly)
    {
        _file = file;
        Length = (ulong)file.Length;
        IsReadOnly = isReadOnly;
    }

    public ulong Length { get; }

    public bool IsReadOnly { get; }

    /// <summary>Opens an image; nobody else may write it meanwhile, and nobody read it while the guest may write.</summary>
    /// <exception cref="ImageException">It cannot be opened.</exception>
    public static IBlockBacking Open(string path, bool isReadOnly)
    {
        try
        {
            return new FileBacking(
                new FileStream(
                    path, FileMode.Open, isReadOnly ? FileAccess.Read : FileAccess.ReadWrite, isReadOnly ? FileShare.Read : FileShare.None, 0, FileOptions.RandomAccess),
                isReadOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string problem = File.Exists(path) ? exception.Message.ReplaceLineEndings(" ").TrimEnd('.') : "no such file";
            throw new ImageException($"{path}: the disk image cannot be opened ({problem}); make one with 'truncate -s 64M FILE', or write 'read-only: true'", exception);
        }
    }

    public bool Read(ulong offset, Span<byte> into)
    {
        try
        {
            while (!into.IsEmpty)
            {
                int count = RandomAccess.Read(_file.SafeFileHandle, into, (long)offset);
                if (count == 0)
                {
                    return false;
                }

                into = into[count..];
                offset += (ulong)count;
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public bool Write(ulong offset, ReadOnlySpan<byte> from)
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, from, (long)offset);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public bool Flush()
    {
        try
        {
            if (!IsReadOnly)
            {
                RandomAccess.FlushToDisk(_file.SafeFileHandle);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _file.Dispose();
}
